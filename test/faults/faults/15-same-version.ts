import type { Fault } from '../fault.ts';
import { editUntilApplied, editUntilRendered, reportUntilAnswered, reserve, versionOf } from './bursts.ts';

/** Row 15: the device is at version n of the lost branch, and the restored server has rendered a version n of its own. */
export const sameVersion: Fault = {
  row: 15,
  name: 'same-version',
  async inject(scene, random) {
    for (const states of ['all', 'version and hash'] as const) {
      const device = await reserve(
        scene,
        `same-${states === 'all' ? 'all' : 'hash'}-${random.between(1, 1e9)}`,
        states,
      );
      const before = device.position;
      const backup = await scene.incarnations.backup();
      await editUntilApplied(scene, device);
      await scene.restoreUndeclared(backup);
      // A report from before arrives late: it is all that the restored server knows of the device, so it goes on.
      await scene.until(async () => (await scene.population.report(device, before)) < 300, 15_000);
      await editUntilRendered(scene, device);
      const versions = { device: device.position.version, server: await versionOf(scene, device.name) };
      const gate = await reportUntilAnswered(scene, device);
      if (gate !== 'ConflictPaused')
        scene.violate(
          'S1',
          `at version ${versions.device} of the lost branch, the server at its own ${versions.server}: ${gate ?? 'no answer'}`,
          device.name,
        );
      scene.fault(
        15,
        'same-version',
        versions.device === versions.server ? `equal, states ${states}` : `not equal, states ${states}`,
      );
      await scene.admin.decide('resume', { fieldSelector: `metadata.name=${device.name}` });
      scene.population.speak([device]);
    }
  },
};

import type { Fault } from '../fault.ts';
import { editUntilApplied, editUntilRendered, reportUntilAnswered, reserve, versionOf } from './bursts.ts';

/**
 * Row 14: from A a backup is restored, the service goes on to A', and then a backup is restored that was taken on A. A
 * device that went along to A' has a lower number than the server and is on another branch all the same.
 */
export const abandonedBranch: Fault = {
  row: 14,
  name: 'abandoned-branch',
  async inject(scene, random) {
    const { incarnations } = scene;
    const device = await reserve(scene, `branch-${random.between(1, 1e9)}`, 'all');
    const beforeA = await incarnations.backup();
    await editUntilRendered(scene, device);
    await editUntilRendered(scene, device);
    const onA = await incarnations.backup();
    const versionOnA = await versionOf(scene, device.name);

    await scene.restoreUndeclared(beforeA);
    const first = await reportUntilAnswered(scene, device);
    if (first !== 'Open') scene.violate('S4', `at an ancestor and answered ${first ?? 'nothing'}`, device.name);
    await editUntilApplied(scene, device);

    await scene.restoreUndeclared(onA);
    const { version } = device.position;
    const second = await reportUntilAnswered(scene, device);
    if (second !== 'ConflictPaused')
      scene.violate(
        'S8',
        `at version ${version} of an abandoned branch, the server at ${versionOnA}: ${second ?? 'no answer'}`,
        device.name,
      );
    scene.fault(14, 'abandoned-branch', version <= versionOnA ? 'numerically behind' : 'numerically ahead');
    await scene.admin.decide('resume', { fieldSelector: `metadata.name=${device.name}` });
    scene.population.speak([device]);
  },
};

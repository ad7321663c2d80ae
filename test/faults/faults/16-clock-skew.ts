import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import { burst } from './bursts.ts';

const hourMs = 3_600_000;

/** Row 16: the clocks of the processes are hours apart, and step back in between. */
export const clockSkew: Fault = {
  row: 16,
  name: 'clock-skew',
  async inject(scene, random) {
    scene.api.setClock(hourMs);
    scene.worker.setClock(-hourMs);
    scene.fault(16, 'clock-skew', 'apart');
    const backup = await scene.incarnations.backup();
    await Promise.all([scene.editFleets(), burst(scene, 60, random)]);
    await scene.restoreUndeclared(backup);
    await burst(scene, 60, random);
    scene.api.setClock(-2 * hourMs);
    scene.fault(16, 'clock-skew', 'stepped back');
    await scene.admin.declare(`skew-${scene.seed}-${random.between(1, 1e9)}`);
    await Promise.all([scene.editFleets(), burst(scene, 60, random)]);
    await scene.admin.decide('resume', { labelSelector: 'rig=yes' });
    await sleep(random.between(200, 800));
  },
};

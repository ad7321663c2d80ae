import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import type { Backup } from '../incarnations.ts';
import type { Scene } from '../scene.ts';
import { ordinary } from './bursts.ts';

/** Row 13: B1 is restored, half of the devices reconnect, the older B2 is restored, and B1 again. */
export const restoresInARow: Fault = {
  row: 13,
  name: 'restores-in-a-row',
  async inject(scene, random) {
    const older = await scene.incarnations.backup();
    await scene.editFleets();
    await sleep(random.between(300, 900));
    const newer = await scene.incarnations.backup();
    await scene.editFleets();
    await sleep(random.between(300, 900));

    const half = random.sample(ordinary(scene), Math.floor(scene.population.devices.length / 2));
    await scene.population.silence(half);
    const first = await restoreAndSee(scene, newer);
    await sleep(random.between(200, 800));
    const second = await restoreAndSee(scene, older);
    if (random.chance(0.5)) await scene.admin.decide('resume', { labelSelector: 'rig=yes' });
    scene.population.speak(half);
    const third = await restoreAndSee(scene, newer);
    scene.fault(13, 'restores-in-a-row', 'restores', 3);
    if (new Set([first, second, third]).size !== 3)
      scene.violate('S6', `restores of one backup share a timeline: ${[first, second, third].join(', ')}`);
  },
};

/** @returns the restore that is the current one once the service has noticed the copy */
async function restoreAndSee(scene: Scene, backup: Backup): Promise<string> {
  const current = () =>
    scene.incarnations.onLive(async (sql) => {
      const [row] = await sql<Array<{ current: string }>>`SELECT current_restore AS current FROM service_state`;
      return row?.current ?? '';
    });
  const taken = await scene.stage.cluster.on(backup.database, async (sql) => {
    const [row] = await sql<Array<{ current: string }>>`SELECT current_restore AS current FROM service_state`;
    return row?.current ?? '';
  });
  await scene.restoreUndeclared(backup);
  let restore = taken;
  await scene.until(async () => (restore = await current()) !== taken, 15_000, 50);
  return restore;
}

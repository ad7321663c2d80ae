import type { Fault } from '../fault.ts';
import type { Random } from '../random.ts';
import type { Scene } from '../scene.ts';
import type { RigDevice } from '../rig-device.ts';
import { ordinary } from './bursts.ts';

/** Row 10: reports come three times, in another order, and from before the restore. */
export const oldReports: Fault = {
  row: 10,
  name: 'old-reports',
  async inject(scene, random) {
    await send(scene, random, 'duplicates, shuffled');
    const backup = scene.incarnations.backups.at(-1);
    if (backup === undefined) return;
    await scene.restoreUndeclared(backup);
    await send(scene, random, 'from before the restore');
  },
};

async function send(scene: Scene, random: Random, what: string): Promise<void> {
  const devices = random.sample(ordinary(scene), Math.ceil(scene.population.devices.length * 0.25));
  const reports = devices.flatMap((device) => held(device, random).map((position) => ({ device, position })));
  scene.fault(10, 'old-reports', what, reports.length);
  await Promise.all(random.shuffle(reports).map(({ device, position }) => scene.population.report(device, position)));
}

/** The current position of the device, three times, and two earlier ones. */
function held(device: RigDevice, random: Random) {
  const { position, record } = device;
  return [position, position, position, ...random.sample(record.past, 2)];
}

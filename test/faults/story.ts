import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './fault.ts';
import { firstDevices } from './first-fleet.ts';
import type { Backup } from './incarnations.ts';
import { Noise } from './noise.ts';
import { fleetNames } from './population.ts';
import type { Random } from './random.ts';
import type { Scene } from './scene.ts';
import { settle, type Timings } from './settle.ts';
import { firstImage } from './written-specs.ts';

/** Plays one seed: devices start to talk, faults of some rows are injected while life goes on, then the faults stop. */
export async function play(scene: Scene, faults: readonly Fault[]): Promise<Timings> {
  const random = scene.random.fork('story');
  scene.phase('set up');
  await setUp(scene);
  const noise = new Noise(scene);
  try {
    const first = await scene.incarnations.backup();
    await sleep(random.between(300, 900));
    for (const [index, fault] of faults.entries()) {
      scene.tally.note(fault.row);
      scene.phase(fault.name);
      await fault.inject(scene, random.fork(fault.name));
      scene.phase('heal');
      await scene.heal();
      scene.phase('meanwhile');
      scene.population.speak();
      await meanwhile(scene, random, { index, first });
    }
  } finally {
    scene.phase('stop noise');
    await noise.stop();
  }
  return await settle(scene);
}

async function setUp(scene: Scene): Promise<void> {
  const { population, options } = scene;
  await Promise.all([scene.api.start(), scene.worker.start()]);
  for (const fleet of fleetNames) scene.orders.templateWritten(fleet, firstImage);
  for (const name of firstDevices(options.devices)) scene.orders.registered(population.manufacture(name), firstImage);
  population.speak();
  const ready = () => population.devices.every((device) => device.position.version > 0);
  if (!(await scene.until(ready, 30_000, 50))) scene.violate('L2', 'devices got no spec although nothing was wrong');
}

/** Between two faults: the first time a restore nobody declares, the second time a declared one, then as it comes. */
async function meanwhile(
  scene: Scene,
  random: Random,
  { index, first }: { index: number; first: Backup },
): Promise<void> {
  const { incarnations } = scene;
  const newest = incarnations.backups.at(-1) ?? first;
  const drawn = index === 0 ? 0 : index === 1 ? 0.3 : random.next();
  if (drawn < 0.25) await scene.restoreUndeclared(random.chance(0.7) ? newest : first);
  else if (drawn < 0.45) {
    await scene.restoreUndeclared(random.chance(0.7) ? newest : first);
    const key = `seed-${scene.seed}-${index}`;
    const once = await scene.admin.declare(key);
    const again = await scene.admin.declare(key);
    if (once.restore !== undefined && again.restore !== undefined && once.restore !== again.restore)
      scene.violate('S6', `key ${key} was answered ${once.restore} and then ${again.restore}`);
  } else if (drawn < 0.65) await incarnations.backup();
  else if (drawn < 0.85) await enrollLater(scene, `late-${index}`);
  else await scene.editFleets();
  await sleep(random.between(400, 1_200));
}

/** A device that a backup taken earlier does not know. */
async function enrollLater(scene: Scene, name: string): Promise<void> {
  const device = scene.population.manufacture(name);
  await scene.admin.createDevice(device, scene.nextImage());
  scene.population.speak([device]);
}

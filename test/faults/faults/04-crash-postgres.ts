import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import type { Random } from '../random.ts';
import type { Scene } from '../scene.ts';
import { burst } from './bursts.ts';
import { chooseSome } from '../noise.ts';

/** Row 4: PostgreSQL crashes, as a whole or one of its processes, while a restore is declared, devices are resumed or judged. */
export const crashPostgres: Fault = {
  row: 4,
  name: 'crash-postgres',
  async inject(scene, random) {
    for (const moment of random.sample(['stamp', 'resume', 'reconcile'] as const, 2)) {
      const work = begin(scene, random, moment);
      await sleep(random.between(0, 120));
      const how = random.chance(0.6) ? await crashServer(scene) : await killBackend(scene, random);
      scene.fault(4, 'crash-postgres', `${how} during ${moment}`);
      await work;
      await scene.until(() => scene.admin.isReady(), 20_000);
    }
  },
};

async function begin(scene: Scene, random: Random, moment: 'stamp' | 'resume' | 'reconcile'): Promise<void> {
  switch (moment) {
    case 'stamp': {
      const key = `crash-${scene.seed}-${random.between(1, 1e9)}`;
      const first = await scene.admin.declare(key);
      const again = await scene.admin.declare(key);
      if (first.restore !== undefined && again.restore !== undefined && first.restore !== again.restore)
        scene.violate('S6', `key ${key} was answered ${first.restore} and then ${again.restore}`);
      return;
    }
    case 'resume':
      await Promise.all(Array.from({ length: 6 }, () => scene.admin.decide('resume', chooseSome(scene, random))));
      return;
    case 'reconcile':
      await scene.editFleets();
      await burst(scene, 150, random);
      return;
    default:
      moment satisfies never;
  }
}

async function crashServer(scene: Scene): Promise<string> {
  await scene.stage.cluster.crash();
  return 'crash';
}

/** The other server processes end too, and the server recovers: it cannot know what the killed one left in shared memory. */
async function killBackend(scene: Scene, random: Random): Promise<string> {
  const pids = await scene.stage.cluster.backends(scene.incarnations.live);
  if (pids.length === 0) return await crashServer(scene);
  try {
    process.kill(random.pick(pids), 'SIGKILL');
    return 'kill -9 of a backend';
  } catch {
    // It has ended by itself, or belongs to another user than this process.
    return await crashServer(scene);
  }
}

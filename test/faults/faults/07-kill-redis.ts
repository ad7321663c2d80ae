import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import { chooseSome } from '../noise.ts';
import { burst } from './bursts.ts';

/** Row 7: Redis is killed, and comes back empty. */
export const killRedis: Fault = {
  row: 7,
  name: 'kill-redis',
  async inject(scene, random) {
    const edits = scene.editFleets();
    await sleep(random.between(0, 100));
    await scene.stage.redis.kill();
    scene.fault(7, 'kill-redis', 'kill -9, back empty');
    await Promise.all([edits, scene.editFleets(), burst(scene, 60, random)]);
    if (random.chance(0.6)) {
      const backup = scene.incarnations.backups.at(-1);
      if (backup !== undefined) await scene.restoreUndeclared(backup);
    }
    await scene.admin.decide('resume', chooseSome(scene, random));
    await sleep(random.between(200, 1_500));
    await scene.stage.redis.startAgain();
    await scene.editFleets();
  },
};

import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import { burst } from './bursts.ts';

/** Row 8: Redis is put back to a dump from before the restore: jobs, marks and messages of an older timeline. */
export const oldRedisDump: Fault = {
  row: 8,
  name: 'old-redis-dump',
  async inject(scene, random) {
    const { redis } = scene.stage;
    // A worker that stands still leaves jobs behind for the dump to hold.
    scene.worker.freeze();
    await scene.editFleets();
    await burst(scene, 40, random);
    const dump = await redis.save(`dump-${scene.seed}`);
    scene.worker.thaw();
    const backup = await scene.incarnations.backup();
    await scene.editFleets();
    await sleep(random.between(200, 800));
    if (random.chance(0.7)) await scene.restoreUndeclared(backup);
    await redis.kill();
    await sleep(random.between(0, 300));
    await redis.startAgain(dump);
    scene.fault(8, 'old-redis-dump', 'put back');
    await Promise.all([scene.editFleets(), burst(scene, 60, random)]);
  },
};

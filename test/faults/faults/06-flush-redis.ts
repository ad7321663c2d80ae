import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import { burst } from './bursts.ts';

/** Row 6: Redis forgets everything, at random moments and right after a restore. */
export const flushRedis: Fault = {
  row: 6,
  name: 'flush-redis',
  async inject(scene, random) {
    const flush = async (when: string) => {
      await scene.stage.redis.run((redis) => redis.flushall());
      scene.fault(6, 'flush-redis', when);
    };
    const backup = await scene.incarnations.backup();
    for (let round = 0; round < 3; round += 1) {
      await scene.editFleets();
      await sleep(random.between(0, 150));
      await flush('at a random moment');
    }
    await scene.restoreUndeclared(backup);
    const reports = burst(scene, 60, random);
    await flush('right after a restore');
    await scene.admin.declare(`flush-${scene.seed}-${random.between(1, 1e9)}`);
    await flush('right after a restore');
    await reports;
  },
};

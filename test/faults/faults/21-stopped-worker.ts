import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import type { Random } from '../random.ts';
import type { Scene } from '../scene.ts';

const points = ['after-read', 'after-render', 'before-commit'] as const;
/** BullMQ's lease on a job, and one more second. */
const leaseMs = 31_000;

/**
 * Row 21: a worker stands still in the middle of a render until its lease is over and a restore has been declared, and
 * then goes on.
 */
export const stoppedWorker: Fault = {
  row: 21,
  name: 'stopped-worker',
  async inject(scene, random) {
    const point = random.pick(points);
    const hit = scene.worker.armAndWait({ point, action: 'stop', skip: 0 }, 8_000);
    await scene.editFleets();
    if ((await hit) === undefined) return;
    // Within its transaction it holds the restore, and declaring one waits for it.
    if (point === 'before-commit') await declareMeanwhile(scene, random);
    else await outlive(scene, random);
    scene.fault(21, 'stopped-worker', point);
    await scene.editFleets();
    await sleep(random.between(200, 600));
  },
};

async function declareMeanwhile(scene: Scene, random: Random): Promise<void> {
  const declared = scene.admin.declare(`stopped-${scene.seed}-${random.between(1, 1e9)}`);
  await sleep(random.between(300, 1_200));
  scene.worker.thaw();
  await declared;
}

async function outlive(scene: Scene, random: Random): Promise<void> {
  const second = await scene.startSecond('worker');
  try {
    if (random.chance(0.5)) await scene.admin.declare(`stopped-${scene.seed}-${random.between(1, 1e9)}`);
    else {
      const backup = scene.incarnations.backups.at(-1);
      if (backup !== undefined) await scene.restoreUndeclared(backup);
    }
    if (!scene.options.short && random.chance(0.25)) {
      await sleep(leaseMs);
      scene.fault(21, 'stopped-worker', 'past the whole lease');
    } else {
      // Its lease ends because Redis no longer knows of it: nobody else can tell the difference.
      const locks = await scene.stage.redis.run((redis) => redis.keys('*:render:*:lock'));
      if (locks.length > 0) await scene.stage.redis.run((redis) => redis.del(...locks));
      await sleep(random.between(500, 1_500));
    }
    await scene.editFleets();
    scene.worker.thaw();
    await sleep(random.between(300, 1_000));
  } finally {
    scene.worker.thaw();
    await second.kill();
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import type { Scene } from '../scene.ts';
import { burst } from './bursts.ts';

/** Row 9: Redis does not answer for a while, then takes no writes. Devices must not notice. */
export const redisRefuses: Fault = {
  row: 9,
  name: 'redis-refuses',
  async inject(scene, random) {
    const { redis } = scene.stage;
    const pauseMs = scene.options.short ? 2_500 : 5_000;
    const from = scene.history.entries.length;
    await redis.run((client) => client.call('CLIENT', 'PAUSE', String(pauseMs)));
    scene.fault(9, 'redis-refuses', 'paused');
    await Promise.all([scene.editFleets(), burst(scene, 100, random), sleep(pauseMs)]);

    await redis.run((client) => client.config('SET', 'min-replicas-to-write', '1'));
    scene.fault(9, 'redis-refuses', 'no writes');
    await Promise.all([scene.editFleets(), burst(scene, 100, random)]);
    await sleep(random.between(300, 1_000));
    const refused = refusals(scene, from);
    await redis.run((client) => client.config('SET', 'min-replicas-to-write', '0'));
    if (refused > 0) scene.violate('S7', `${refused} reports were answered 5xx because Redis did not answer`);
  },
};

function refusals(scene: Scene, from: number): number {
  return scene.history.entries.slice(from).filter((entry) => entry.kind === 'answer' && entry.code >= 500).length;
}

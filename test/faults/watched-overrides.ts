import { createRedisBus } from '../../src/bus/redis-bus.ts';
import type { Config } from '../../src/config/config.ts';
import type { Overrides } from '../../src/context.ts';
import { connectDatabase } from '../../src/db/client.ts';
import { inlineRenderer } from '../../src/domain/rendering/delivered-form.ts';
import type { Log } from '../../src/logging/log.ts';
import { openRenderQueue } from '../../src/queue/render-queue.ts';
import { Failpoints, RenderSteps, SkewedClock, watchedBus, watchedQueue } from './failpoints.ts';

/** The dependencies of a process of the rig: those that the service itself would make, with failpoints around them. */
export function watchedOverrides(
  config: Config,
  log: Log,
): { overrides: Overrides; failpoints: Failpoints; clock: SkewedClock } {
  const { databaseUrl, redisUrl, databasePool } = config;
  if (databaseUrl === undefined || redisUrl === undefined) throw new Error('DATABASE_URL and REDIS_URL must be set');
  const failpoints = new Failpoints();
  const clock = new SkewedClock();
  const steps = new RenderSteps(failpoints);
  const overrides = {
    clock,
    database: steps.database(connectDatabase(databaseUrl, { poolSize: databasePool, applicationName: 'muster' })),
    renderer: steps.renderer(inlineRenderer),
    queue: watchedQueue(openRenderQueue({ databaseUrl, redisUrl }, log), failpoints),
    bus: watchedBus(createRedisBus(redisUrl, log), failpoints),
  };
  return { overrides, failpoints, clock };
}

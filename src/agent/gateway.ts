import type { Context } from '../context.ts';
import { ByteBudget, byteLimits } from '../listener/byte-budget.ts';
import { createRateLimit, type RateLimit } from '../listener/rate-limit.ts';
import { AheadWatch } from './ahead-watch.ts';
import { RenderedSpecCache } from './rendered-spec-cache.ts';
import { ReportIntake } from './report-intake.ts';
import { SocketRegistry } from './socket-registry.ts';
import { WaitingDevices } from './waiting-devices.ts';
import type { DeviceSideCounts } from '../metrics/service-metrics.ts';

/** Things that all of the device side shares in one process. */
export type Gateway = {
  readonly context: Context;
  readonly reports: ReportIntake;
  readonly ahead: AheadWatch;
  readonly specs: RenderedSpecCache;
  readonly waiting: WaitingDevices;
  readonly sockets: SocketRegistry;
  /** Rate limit of each device, for requests and frames together. */
  readonly deviceRate: RateLimit;
  /** Bytes of bodies and frames in flight. */
  readonly bytes: ByteBudget;
};

/** @param sockets how often WebSockets are pinged, if not as usual */
export function createGateway(context: Context, sockets: { pingEveryMs?: number } = {}): Gateway {
  const { config, database, clock, lastSeen, queue, bus, log, observer, tracing } = context;
  const ahead = new AheadWatch(context);
  return {
    context,
    ahead,
    reports: new ReportIntake(
      { config, database, clock, lastSeen, observer, tracing, hints: queue, ahead },
      { maxBatch: config.reportBatch, maxWaiting: config.reportQueue, processes: config.processes },
    ),
    specs: new RenderedSpecCache(database),
    waiting: new WaitingDevices(
      { database, bus, log },
      { lookAtAllEveryMs: config.sweepIntervalMs, maxPollsPerDevice: config.maxPollsPerDevice },
    ),
    sockets: new SocketRegistry(context, sockets),
    deviceRate: createRateLimit(config.deviceRate, 'device'),
    bytes: new ByteBudget(byteLimits(config, config.maxBytesPerDevice)),
  };
}

/** Counts of what the devices of a gateway hold open at the moment. */
export function openAt({ reports, sockets, waiting }: Gateway): DeviceSideCounts {
  return { reportsWaiting: reports.waitingCount, webSockets: sockets.count, longPolls: waiting.pollCount };
}

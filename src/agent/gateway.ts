import type { Context } from '../context.ts';
import { createRateLimit, type RateLimit } from '../listener/rate-limit.ts';
import { noticeDevicesAhead } from '../usecases/notice-devices-ahead.ts';
import { RenderedSpecCache } from './rendered-spec-cache.ts';
import { ReportIntake } from './report-intake.ts';
import { SocketRegistry } from './socket-registry.ts';
import { WaitingDevices } from './waiting-devices.ts';
import type { DeviceSideCounts } from '../metrics/service-metrics.ts';

/** Things that all of the device side shares in one process. */
export type Gateway = {
  readonly context: Context;
  readonly reports: ReportIntake;
  readonly specs: RenderedSpecCache;
  readonly waiting: WaitingDevices;
  readonly sockets: SocketRegistry;
  /** Rate limit of each device, for requests and frames together. */
  readonly deviceRate: RateLimit;
};

/** Time from the first report of a device that is ahead to the look at all of them. */
const lookAtAheadAfterMs = 1_000;

/** @param sockets how often WebSockets are pinged, if not as usual */
export function createGateway(context: Context, sockets: { pingEveryMs?: number } = {}): Gateway {
  const { config, database, clock, queue, bus, log, observer, tracing } = context;
  let isLookDue = false;
  // Devices that claim to be ahead with every report cause one look a second, not one a report.
  const onDeviceAhead = () => {
    if (isLookDue) return;
    isLookDue = true;
    setTimeout(() => {
      isLookDue = false;
      noticeDevicesAhead(context).catch((error: unknown) =>
        log.warn({ error: String(error) }, 'cannot tell why devices are ahead'),
      );
    }, lookAtAheadAfterMs).unref();
  };
  return {
    context,
    reports: new ReportIntake(
      { database, clock, observer, tracing, hints: queue, onDeviceAhead },
      { maxBatch: config.reportBatch, maxWaiting: config.reportQueue, processes: config.processes },
    ),
    specs: new RenderedSpecCache(database),
    waiting: new WaitingDevices(
      { database, bus, log },
      { lookAtAllEveryMs: config.sweepIntervalMs, maxPollsPerDevice: config.maxPollsPerDevice },
    ),
    sockets: new SocketRegistry(context, sockets),
    deviceRate: createRateLimit(config.deviceRate, 'device'),
  };
}

/** Counts of what the devices of a gateway hold open at the moment. */
export function openAt({ reports, sockets, waiting }: Gateway): DeviceSideCounts {
  return { reportsWaiting: reports.waitingCount, webSockets: sockets.count, longPolls: waiting.pollCount };
}

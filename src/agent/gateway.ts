import type { Context } from '../context.ts';
import type { AcceptedReports } from '../usecases/accept-reports.ts';
import { createRateLimit, type RateLimit } from '../listener/rate-limit.ts';
import { noticeDevicesAhead } from '../usecases/notice-devices-ahead.ts';
import { RenderedSpecCache } from './rendered-spec-cache.ts';
import { ReportIntake } from './report-intake.ts';
import { SocketRegistry } from './socket-registry.ts';
import { WaitingDevices } from './waiting-devices.ts';

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
  const { config, database, clock, queue, bus, log, metrics, observer, tracing } = context;
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
  const around = async (reports: number, commit: () => Promise<AcceptedReports>) => {
    const started = performance.now();
    const accepted = await tracing.ownSpan('accept reports', { 'muster.reports': reports }, commit);
    observer.reportsCommitted({ ...accepted, seconds: (performance.now() - started) / 1_000 });
    if (accepted.cloneSigns > 0) observer.cloneSigns('machine', accepted.cloneSigns);
    return accepted;
  };
  const gateway: Gateway = {
    context,
    reports: new ReportIntake(
      { database, clock, hints: queue, onDeviceAhead, around },
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
  metrics.readDeviceSideFrom(() => ({
    reportsWaiting: gateway.reports.waitingCount,
    webSockets: gateway.sockets.count,
    longPolls: gateway.waiting.pollCount,
  }));
  return gateway;
}

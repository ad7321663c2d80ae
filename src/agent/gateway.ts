import type { Context } from '../context.ts';
import { noticeDevicesAhead } from '../usecases/notice-restore.ts';
import { RenderedSpecCache } from '../usecases/rendered-spec-cache.ts';
import { ReportIntake } from '../usecases/report-intake.ts';
import { SocketRegistry } from './socket-registry.ts';
import { WaitingDevices } from './waiting-devices.ts';

/** What all of the device side shares in one process. */
export type Gateway = {
  readonly context: Context;
  readonly reports: ReportIntake;
  readonly specs: RenderedSpecCache;
  readonly waiting: WaitingDevices;
  readonly sockets: SocketRegistry;
};

/** @param sockets how often WebSockets are pinged, if not as usual */
export function createGateway(context: Context, sockets: { pingEveryMs?: number } = {}): Gateway {
  const { config, database, clock, queue, bus, log } = context;
  const onDeviceAhead = () => {
    noticeDevicesAhead(context).catch((error: unknown) =>
      log.warn({ error: String(error) }, 'cannot tell why devices are ahead'),
    );
  };
  return {
    context,
    reports: new ReportIntake(
      { database, clock, hints: queue, onDeviceAhead },
      { maxBatch: config.reportBatch, maxWaiting: config.reportQueue },
    ),
    specs: new RenderedSpecCache(database),
    waiting: new WaitingDevices({ database, bus, log }, { lookAtAllEveryMs: config.sweepIntervalMs }),
    sockets: new SocketRegistry(context, sockets),
  };
}

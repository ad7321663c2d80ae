import type { AddressInfo } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { buildApp, type App } from './app.ts';
import { inheritedEnvironment, type Config, type Environment } from '../config/config.ts';
import { createContext, type Overrides } from '../context.ts';
import { startDeviceProcesses, type DeviceProcesses } from './device-processes.ts';
import type { Listener } from '../listener/listener.ts';
import { guardedListeners, requireGuard } from '../config/listen-rules.ts';
import { createServiceLog } from '../logging/log.ts';
import type { MetricValues } from '../metrics/service-metrics.ts';
import { RestoreWatch } from './restore-watch.ts';
import { shutDown } from './shutdown.ts';
import { RenderWorker } from './render-worker.ts';

export type RunningService = {
  /** Base address for people and programs that administer, with the port that was picked; empty where it serves devices alone. */
  readonly api: string;
  /** Base address for devices. */
  readonly agent: string;
  /** What this process has measured by itself. */
  metrics(): Promise<MetricValues>;
  /** Reads certificates, keys and tokens again now, whether their files look changed or not. */
  reload(): Promise<void>;
  /** Finishes what was begun, within MUSTER_SHUTDOWN_TIMEOUT, and gives everything back. */
  stop(): Promise<void>;
};

type StartOptions = {
  readonly overrides?: Overrides;
  /** All of it, with MUSTER_PROCESSES beside it where that is above 1; or one of those processes. */
  readonly serves?: 'all' | 'devices';
  /** What the configuration was read from: the processes that this one starts read it again. */
  readonly environment?: Environment;
};

/** Of the time that stopping may take, so much is for answering connections. */
const answeringShare = 0.6;

/** Starts the service and resolves when it is ready to serve. @throws Error saying what keeps it from serving */
export async function startService(
  config: Config,
  { overrides = {}, serves = 'all', environment = inheritedEnvironment() }: StartOptions = {},
): Promise<RunningService> {
  const log = createServiceLog(config);
  for (const listener of guardedListeners(config)) requireGuard(listener);
  const context = await createContext(config, log, overrides);
  context.metrics.addProcessMetrics();
  const watch = new RestoreWatch(context);
  let app: App | undefined;
  let devices: DeviceProcesses | undefined;
  try {
    await watch.start();
    const built = await buildApp(context);
    app = built;
    if (serves === 'all' && config.processes > 1) {
      // They have to be gone by the time that is left for answering connections.
      const timeout = `${Math.round(config.shutdownTimeoutMs * (answeringShare - 0.05))}ms`;
      const theirs = { ...environment, MUSTER_SHUTDOWN_TIMEOUT: timeout };
      const started = await startDeviceProcesses(config.processes, theirs, log);
      context.metrics.addThoseOf(() => started.metrics());
      devices = started;
    }
    const [api, agent] = await Promise.all([
      serves === 'all' ? listenOn(built.api, config.apiListen) : '',
      devices?.agent ?? listenOn(built.agent, config.agentListen),
    ]);
    const worker = config.worker && serves === 'all' ? new RenderWorker(context) : undefined;
    worker?.start();
    for (const { names, isAuthenticated } of guardedListeners(config)) {
      if (isAuthenticated || serves !== 'all') continue;
      log.warn(
        `${names.listen}: no authentication is configured, so it answers on loopback only, to anybody on this machine`,
      );
    }
    log.info(
      { api, agent, worker: worker !== undefined, processes: devices ? config.processes : undefined },
      'serving',
    );
    return {
      api,
      agent,
      metrics: () => context.metrics.ownValues(),
      async reload() {
        devices?.reload();
        await context.credentialFiles.reload();
      },
      async stop() {
        log.info('stopping');
        await shutDown(
          [
            {
              name: 'answering connections',
              byShare: answeringShare,
              async run() {
                await Promise.all([built.close(), devices?.stop()]);
              },
              cut() {
                built.cut();
                devices?.cut();
              },
            },
            { name: 'rendering', byShare: 0.75, run: async () => await worker?.stop() },
            {
              name: 'closing the queue and the database',
              byShare: 0.95,
              async run() {
                await watch.stop();
                await context.destroy();
              },
            },
          ],
          config.shutdownTimeoutMs,
          log,
        );
        log.info('stopped');
      },
    };
  } catch (error) {
    await Promise.all([app?.close(), devices?.stop()]);
    await watch.stop();
    await context.destroy();
    throw error;
  }
}

/** Connections that may wait to be accepted: after a restore every device comes at once. The system may allow fewer. */
const backlog = 4_096;

async function listenOn(listener: Listener, { host, port }: { host: string; port: number }): Promise<string> {
  await listener.listen({ host, port, backlog });
  const address = listener.server.address();
  if (!isAddressInfo(address)) throw new Error('the listener has no address');
  const scheme = listener.server instanceof TlsServer ? 'https' : 'http';
  return `${scheme}://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}

function isAddressInfo(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}

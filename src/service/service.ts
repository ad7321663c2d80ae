import type { AddressInfo } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { buildApp, type App } from './app.ts';
import { inheritedEnvironment, type Config, type Environment } from '../config/config.ts';
import { createContext, type Context, type Overrides } from '../context.ts';
import { startDeviceProcesses, type DeviceProcesses } from './device-processes.ts';
import { Housekeeping } from './housekeeping.ts';
import type { Listener } from '../listener/listener.ts';
import { guardedListeners, requireGuard } from '../config/listen-rules.ts';
import { createServiceLog, type Log } from '../logging/log.ts';
import type { MetricValues } from '../metrics/service-metrics.ts';
import { RestoreWatch } from './restore-watch.ts';
import { readJournalLate } from '../usecases/read-journal-late.ts';
import { shutDown, type ShutdownStep } from './shutdown.ts';
import { RenderWorker } from './render-worker.ts';

export type RunningService = {
  /** Base address for people and programs that administer, with the port that was picked; empty where it serves devices alone. */
  readonly api: string;
  /** Base address for devices. */
  readonly agent: string;
  /** Measurements of this process alone. */
  metrics(): Promise<MetricValues>;
  /** Reads certificates, keys and tokens again now, whether their files look changed or not. */
  reload(): Promise<void>;
  /** Resolves if something is gone for good that the service cannot go on without. */
  readonly lost: Promise<Error>;
  /** Finishes the work that was begun, within MUSTER_SHUTDOWN_TIMEOUT, then closes all connections. */
  stop(): Promise<void>;
};

type StartOptions = {
  readonly overrides?: Overrides;
  /** `all` is the whole service, which starts MUSTER_PROCESSES if there are more than one; `devices` is one of those processes. */
  readonly serves?: 'all' | 'devices';
  /** Variables that the configuration was read from: the processes that this one starts read it again. */
  readonly environment?: Environment;
};

/** Share of the shutdown timeout in which connections are answered. */
const answeringShare = 0.6;

/** Starts the service and resolves when it is ready to serve. @throws Error saying what keeps it from serving */
export async function startService(
  config: Config,
  { overrides = {}, serves = 'all', environment = inheritedEnvironment() }: StartOptions = {},
): Promise<RunningService> {
  const log = createServiceLog(config);
  for (const listener of guardedListeners(config)) requireGuard(listener);
  // How each thing ends is noted as it begins. They end in reverse, when the start fails as when the service stops.
  const endings: ShutdownStep[] = [];
  const end = () => shutDown(endings.splice(0).toReversed(), config.shutdownTimeoutMs, log);
  try {
    const context = await openStanding(config, log, overrides, endings);
    const serving =
      serves === 'devices' ? await serveDevices(context, endings) : await serveAll(context, environment, endings);
    return {
      api: serving.api,
      agent: serving.agent,
      lost: context.lost,
      metrics: () => serving.app.metrics(),
      async reload() {
        serving.devices?.reload();
        await context.credentialFiles.reload();
      },
      async stop() {
        log.info('stopping');
        await end();
        log.info('stopped');
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

type Serving = {
  readonly app: App;
  readonly api: string;
  readonly agent: string;
  readonly devices: DeviceProcesses | undefined;
};

/** Opens the database and the queue. Checks for a restore that nobody declared, before anything is served. Reads the journal if the declaration has not. */
async function openStanding(config: Config, log: Log, overrides: Overrides, endings: ShutdownStep[]): Promise<Context> {
  const context = await createContext(config, log, overrides);
  endings.push({ name: 'closing the queue and the database', byShare: 0.95, run: () => context.destroy() });
  context.metrics.addProcessMetrics();
  const watch = new RestoreWatch(context);
  endings.push({ name: 'looking for restores', byShare: 0.8, run: () => watch.stop() });
  await watch.start();
  await readJournalLate(context);
  return context;
}

/** Serves devices alone, as one of the processes of MUSTER_PROCESSES. */
async function serveDevices(context: Context, endings: ShutdownStep[]): Promise<Serving> {
  const app = await buildApp(context);
  endings.push(answering({ app }));
  const agent = await listenOn(app.agent, context.config.agentListen);
  context.log.info({ agent }, 'serving devices');
  return { app, api: '', agent, devices: undefined };
}

/** Serves people and devices, and renders; with MUSTER_PROCESSES above 1 devices talk to processes beside this one. */
async function serveAll(context: Context, environment: Environment, endings: ShutdownStep[]): Promise<Serving> {
  const { config, log } = context;
  const worker = config.worker ? new RenderWorker(context) : undefined;
  if (worker !== undefined) endings.push({ name: 'rendering', byShare: 0.75, run: () => worker.stop() });
  const housekeeping = config.worker ? new Housekeeping(context) : undefined;
  if (housekeeping !== undefined) {
    endings.push({ name: 'housekeeping', byShare: 0.72, run: () => housekeeping.stop() });
  }
  const open: Answering = {};
  endings.push(answering(open));
  const app = await buildApp(context, async () => (await open.devices?.metrics()) ?? []);
  open.app = app;
  if (config.processes > 1) {
    open.devices = await startDeviceProcesses(config.processes, environmentOfDevices(context, environment), log);
  }
  const [api, agent] = await Promise.all([
    listenOn(app.api, config.apiListen),
    open.devices?.agent ?? listenOn(app.agent, config.agentListen),
  ]);
  worker?.start();
  housekeeping?.start();
  for (const { names, isAuthenticated } of guardedListeners(config)) {
    if (isAuthenticated) continue;
    log.warn(
      `${names.listen}: no authentication is configured, so it answers on loopback only, to anybody on this machine`,
    );
  }
  log.info({ api, agent, worker: worker !== undefined, processes: open.devices && config.processes }, 'serving');
  return { app, api, agent, devices: open.devices };
}

/** The environment of the processes that devices talk to. They share this one's database, and have to be gone within the time for answering connections. */
function environmentOfDevices({ config, databaseUrl }: Context, environment: Environment): Environment {
  const timeoutMs = Math.round(config.shutdownTimeoutMs * (answeringShare - 0.05));
  const journal = config.journal === undefined ? {} : { MUSTER_JOURNAL: config.journal };
  return { ...environment, ...journal, DATABASE_URL: databaseUrl, MUSTER_SHUTDOWN_TIMEOUT: `${timeoutMs}ms` };
}

/** The parts that answer connections, as far as they have started. */
type Answering = { app?: App; devices?: DeviceProcesses };

function answering(open: Answering): ShutdownStep {
  return {
    name: 'answering connections',
    byShare: answeringShare,
    async run() {
      await Promise.all([open.app?.close(), open.devices?.stop()]);
    },
    cut() {
      open.app?.cut();
      open.devices?.cut();
    },
  };
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

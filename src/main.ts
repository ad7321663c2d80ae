import type { AddressInfo } from 'node:net';
import { buildApp } from './app.ts';
import type { Config } from './config.ts';
import { createContext, type Overrides } from './context.ts';
import type { Listener } from './http/listener.ts';
import { createLog } from './log.ts';
import { RestoreWatch } from './restore-watch.ts';
import { RenderWorker } from './worker.ts';

export type RunningService = {
  /** Base addresses, with the ports that were picked. */
  readonly api: string;
  readonly agent: string;
  /** Finishes what was begun, within MUSTER_SHUTDOWN_TIMEOUT, and gives everything back. */
  stop(): Promise<void>;
};

/** Starts the service and resolves when it is ready to serve. @throws Error saying what keeps it from serving */
export async function startService(config: Config, overrides: Overrides = {}): Promise<RunningService> {
  const log = createLog(config.logLevel);
  for (const { host } of [config.apiListen, config.agentListen]) requireLoopback(host);
  const context = await createContext(config, log, overrides);
  const watch = new RestoreWatch(context);
  try {
    await watch.start();
    const app = await buildApp(context);
    const worker = config.worker ? new RenderWorker(context) : undefined;
    worker?.start();
    const [api, agent] = await Promise.all([
      listenOn(app.api, config.apiListen),
      listenOn(app.agent, config.agentListen),
    ]);
    log.warn('no authentication is configured: both listeners answer on loopback only, to anybody on this machine');
    log.info({ api, agent, worker: config.worker }, 'serving');
    return {
      api,
      agent,
      async stop() {
        log.info('stopping');
        await app.close();
        await worker?.stop();
        watch.stop();
        await context.destroy();
        log.info('stopped');
      },
    };
  } catch (error) {
    watch.stop();
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
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}

function isAddressInfo(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}

function requireLoopback(host: string): void {
  if (host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)) return;
  throw new Error(
    `${host} is no loopback address. Without authentication Muster listens on loopback only: put a proxy that authenticates in front of it, on the same host or in the same pod.`,
  );
}

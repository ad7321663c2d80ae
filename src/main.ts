import type { AddressInfo } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { buildApp } from './app.ts';
import type { Config } from './config.ts';
import { createContext, type Overrides } from './context.ts';
import type { Listener } from './http/listener.ts';
import { guardedListeners, requireGuard } from './listen-rules.ts';
import { createLog } from './log.ts';
import { RestoreWatch } from './restore-watch.ts';
import { shutDown } from './shutdown.ts';
import { RenderWorker } from './worker.ts';

export type RunningService = {
  /** Base addresses, with the ports that were picked. */
  readonly api: string;
  readonly agent: string;
  /** Reads certificates, keys and tokens again now, whether their files look changed or not. */
  reload(): Promise<void>;
  /** Finishes what was begun, within MUSTER_SHUTDOWN_TIMEOUT, and gives everything back. */
  stop(): Promise<void>;
};

/** Starts the service and resolves when it is ready to serve. @throws Error saying what keeps it from serving */
export async function startService(config: Config, overrides: Overrides = {}): Promise<RunningService> {
  const log = createLog(config.logLevel);
  for (const listener of guardedListeners(config)) requireGuard(listener);
  const context = await createContext(config, log, overrides);
  context.metrics.addProcessMetrics();
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
    for (const { names, isAuthenticated } of guardedListeners(config)) {
      if (isAuthenticated) continue;
      log.warn(
        `${names.listen}: no authentication is configured, so it answers on loopback only, to anybody on this machine`,
      );
    }
    log.info({ api, agent, worker: config.worker }, 'serving');
    return {
      api,
      agent,
      reload: () => context.credentialFiles.reload(),
      async stop() {
        log.info('stopping');
        await shutDown(
          [
            { name: 'answering connections', byShare: 0.6, run: () => app.close(), cut: () => app.cut() },
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

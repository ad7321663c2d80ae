import { buildAgentApp } from '../agent/agent-app.ts';
import { createGateway, openAt, type Gateway } from '../agent/gateway.ts';
import type { Context } from '../context.ts';
import { buildApiApp } from '../api/api-app.ts';
import type { Listener } from '../listener/listener.ts';
import type { MetricValues, ScrapeSources } from '../metrics/service-metrics.ts';

/** The two listeners, built and not yet listening. */
export type App = {
  /** For people and programs that administer. */
  readonly api: Listener;
  /** For devices. */
  readonly agent: Listener;
  readonly gateway: Gateway;
  /** Measurements of this process alone. */
  metrics(): Promise<MetricValues>;
  /** Ends what devices wait for, answers what they have sent, says goodbye and closes both listeners. The context stays. */
  close(): Promise<void>;
  /** Cuts the connections that are left. */
  cut(): void;
};

/**
 * @param others measurements of the other processes of this instance, which a scrape tells too
 * @throws Error naming the setting whose certificates, keys or tokens cannot be used
 */
export async function buildApp(context: Context, others?: ScrapeSources['others']): Promise<App> {
  const gateway = createGateway(context);
  const { api, agent } = await buildListeners(gateway, {
    deviceSide: () => openAt(gateway),
    ...(others && { others }),
  });
  return {
    api,
    agent,
    gateway,
    metrics: () => context.metrics.ownValues(openAt(gateway)),
    async close() {
      const closed = Promise.all([agent.close(), api.close()]);
      gateway.waiting.stop();
      await gateway.sockets.closeAll(context.config.shutdownTimeoutMs / 2);
      await gateway.reports.drained();
      gateway.ahead.stop();
      await closed;
    },
    cut() {
      for (const listener of [agent, api]) listener.server.closeAllConnections();
    },
  };
}

async function buildListeners(gateway: Gateway, sources: ScrapeSources): Promise<Pick<App, 'api' | 'agent'>> {
  try {
    return { api: await buildApiApp(gateway.context, sources), agent: await buildAgentApp(gateway) };
  } catch (error) {
    gateway.waiting.stop();
    await gateway.sockets.closeAll(0);
    throw error;
  }
}

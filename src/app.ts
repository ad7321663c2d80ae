import { buildAgentApp } from './agent/agent-app.ts';
import { createGateway, type Gateway } from './agent/gateway.ts';
import type { Context } from './context.ts';
import { buildApiApp } from './http/api-app.ts';
import type { Listener } from './http/listener.ts';

/** The two listeners, built and not yet listening. */
export type App = {
  /** For people and programs that administer. */
  readonly api: Listener;
  /** For devices. */
  readonly agent: Listener;
  readonly gateway: Gateway;
  /** Ends what devices wait for, answers what they have sent, then closes both listeners. The context stays. */
  close(): Promise<void>;
};

export async function buildApp(context: Context): Promise<App> {
  const gateway = createGateway(context);
  const api = await buildApiApp(context);
  const agent = await buildAgentApp(gateway);
  return {
    api,
    agent,
    gateway,
    async close() {
      const agentClosed = agent.close();
      gateway.waiting.stop();
      await gateway.sockets.closeAll(context.config.shutdownTimeoutMs);
      await gateway.reports.drained();
      await agentClosed;
      await api.close();
    },
  };
}

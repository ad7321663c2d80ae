import { buildApp } from '../../src/service/app.ts';
import type { Environment } from '../../src/config/config.ts';
import type { Overrides } from '../../src/context.ts';
import { FleetFixture } from './fleet-fixture.ts';
import { createTestContext, type TestContext } from './test-context.ts';

/** Both listeners as the service runs them, on ports of their own and without a worker. */
export type Listeners = TestContext & {
  /** Base addresses. */
  readonly api: string;
  readonly agent: string;
  readonly fleet: FleetFixture;
};

export async function startListeners(env: Environment = {}, overrides: Overrides = {}): Promise<Listeners> {
  const here = await createTestContext({ env: { MUSTER_SWEEP_INTERVAL: '1h', ...env }, overrides });
  const app = await buildApp(here.context);
  const [api, agent] = await Promise.all(
    [app.api, app.agent].map((listener) => listener.listen({ host: '127.0.0.1', port: 0 })),
  );
  return {
    ...here,
    api: api ?? '',
    agent: agent ?? '',
    fleet: new FleetFixture(here),
    async close() {
      await app.close();
      await here.close();
    },
  };
}

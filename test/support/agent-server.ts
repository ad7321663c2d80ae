import type { Environment } from '../../src/config/config.ts';
import { buildAgentApp } from '../../src/agent/agent-app.ts';
import { createGateway, type Gateway } from '../../src/agent/gateway.ts';
import type { Overrides } from '../../src/context.ts';
import { FleetFixture } from './fleet-fixture.ts';
import { createTestContext, type TestContext } from './test-context.ts';

/** The device side as the service runs it, on a port of its own; without a worker, so that a test says when specs are rendered. */
export type AgentServer = TestContext & {
  readonly url: string;
  readonly gateway: Gateway;
  readonly fleet: FleetFixture;
  /** A call of a device. Paths are below `/api/v1`. */
  call(path: string, init?: RequestInit): Promise<DeviceAnswer>;
  /** A poll of a device that says where it is. */
  poll(name: string, query?: Record<string, string | number>): Promise<DeviceAnswer>;
};

export type DeviceAnswer = {
  readonly code: number;
  readonly headers: Headers;
  /** The three headers that say how the device stands. */
  readonly standing: { verdict: string | null; gate: string | null; restore: string | null };
  readonly text: string;
  /** The body, where it is JSON. */
  readonly body: unknown;
};

/** Longer than any test: what nobody is told of is not found either. */
const neverSweeps = '1h';

export async function startAgentServer({
  env,
  overrides,
  pingEveryMs,
}: { env?: Environment; overrides?: Overrides; pingEveryMs?: number } = {}): Promise<AgentServer> {
  const here = await createTestContext({
    env: { MUSTER_SWEEP_INTERVAL: neverSweeps, MUSTER_POLL_TIMEOUT: '20s', ...env },
    ...(overrides && { overrides }),
  });
  const gateway = createGateway(here.context, pingEveryMs === undefined ? {} : { pingEveryMs });
  const app = await buildAgentApp(gateway);
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const call = async (path: string, init?: RequestInit) => answerOf(await fetch(`${url}/api/v1${path}`, init));
  return {
    ...here,
    url,
    gateway,
    fleet: new FleetFixture(here),
    call,
    poll(name, query = {}) {
      const said = new URLSearchParams();
      for (const [key, value] of Object.entries(query)) said.set(key, String(value));
      return call(`/devices/${name}/rendered?${said.toString()}`);
    },
    async close() {
      const closed = app.close();
      gateway.waiting.stop();
      await gateway.sockets.closeAll(1_000);
      await gateway.reports.drained();
      await closed;
      await here.close();
    },
  };
}

async function answerOf(response: Response): Promise<DeviceAnswer> {
  const text = await response.text();
  const { headers } = response;
  const isJson = headers.get('content-type')?.startsWith('application/json') ?? false;
  return {
    code: response.status,
    headers,
    standing: {
      verdict: headers.get('muster-verdict'),
      gate: headers.get('muster-gate'),
      restore: headers.get('muster-restore'),
    },
    text,
    body: isJson && text !== '' ? JSON.parse(text) : undefined,
  };
}

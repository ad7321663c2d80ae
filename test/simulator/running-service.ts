import { readConfig, type Environment } from '../../src/config/config.ts';
import { startService, type RunningService } from '../../src/service/service.ts';
import { createTestDatabase } from '../support/test-database.ts';

/** The service with its worker, on a database and ports of its own; the ports stay when it starts again. */
export type ServiceUnderTest = {
  readonly api: string;
  readonly agent: string;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** A call of the admin API. Paths are below `/api/v1`. */
  call(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<unknown>;
  /** Ends it and drops the database. */
  close(): Promise<void>;
};

export async function startTestService(env: Environment = {}): Promise<ServiceUnderTest> {
  const database = await createTestDatabase();
  const start = async (api: string, agent: string) =>
    await startService(
      readConfig({
        DATABASE_URL: database.url,
        MUSTER_API_LISTEN: new URL(api).host,
        MUSTER_AGENT_LISTEN: new URL(agent).host,
        MUSTER_LOG_LEVEL: 'silent',
        MUSTER_SWEEP_INTERVAL: '500ms',
        ...env,
      }),
    );
  let running: RunningService | undefined = await start('http://127.0.0.1:0', 'http://127.0.0.1:0');
  const { api, agent } = running;
  const stop = async () => {
    await running?.stop();
    running = undefined;
  };
  return {
    api,
    agent,
    stop,
    async start() {
      running = await start(api, agent);
    },
    async call(method, path, body) {
      const init = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
      const response = await fetch(`${api}/api/v1${path}`, { method, ...(body === undefined ? {} : init) });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
      return JSON.parse(text);
    },
    async close() {
      await stop();
      await database.drop();
    },
  };
}

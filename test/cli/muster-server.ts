import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { createTestDatabase } from '../support/test-database.ts';
import { muster, startMuster, type Ended } from './muster-process.ts';

export type MusterServer = {
  /** Base URL of the admin API. */
  readonly api: string;
  /** Runs a client command against it. */
  muster(words: readonly string[], input?: string): Promise<Ended>;
  /** The environment by which a client finds it. */
  readonly env: Readonly<Record<string, string>>;
  /** Polls as an unmodified agent does: with the version that it has received, and nothing else. */
  report(device: string, version: number): Promise<void>;
  /** Says which version the device has applied, and how an update went, as an agent does in its status. */
  applied(device: string, version: number, conditions?: readonly object[]): Promise<void>;
  /** Reports with the spec that the device runs. */
  reportSpec(device: string, version: number, spec: object): Promise<void>;
  /** Answer of the admin API at a path below `/api/v1`. */
  get(path: string): Promise<unknown>;
  /** Resolves once a device has been rendered up to a version. */
  rendered(device: string, version: number): Promise<void>;
  stop(): Promise<void>;
};

/** `muster serve` on a database of its own and on free ports. @param settings beside those that every test needs */
export async function startServer(settings: Readonly<Record<string, string>> = {}): Promise<MusterServer> {
  const database = await createTestDatabase();
  const service = startMuster(['serve', '--api-listen', '127.0.0.1:0', '--agent-listen', '127.0.0.1:0'], {
    env: { DATABASE_URL: database.url, MUSTER_LOG_LEVEL: 'warn', MUSTER_POLL_TIMEOUT: '50ms', ...settings },
  });
  const [line] = await service.writes(/\{"event":"listening".*\}/);
  const { api, agent } = JSON.parse(line) as { api: string; agent: string };
  const get = async (path: string): Promise<unknown> => await (await fetch(`${api}/api/v1${path}`)).json();
  const env = { MUSTER_SERVER: api };
  return {
    api,
    env,
    muster: (words, input) => muster(words, input === undefined ? { env } : { env, input }),
    async report(device, version) {
      const url = `${agent}/api/v1/devices/${device}/rendered?knownRenderedVersion=${version}`;
      const response = await fetch(url);
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`the report of ${device} was answered ${response.status}`);
    },
    async applied(device, version, conditions = []) {
      const status = { config: { renderedVersion: String(version) }, conditions };
      const response = await fetch(`${agent}/api/v1/devices/${device}/status`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          apiVersion: 'flightctl.io/v1beta1',
          kind: 'Device',
          metadata: { name: device },
          status,
        }),
      });
      if (!response.ok) throw new Error(`the status of ${device} was answered ${await response.text()}`);
    },
    async reportSpec(device, version, spec) {
      const url = `${agent.replace('http', 'ws')}/api/v1/devices/${device}/connect`;
      const socket = new WebSocket(url, 'muster.v1');
      try {
        await new Promise<void>((resolve, reject) => {
          socket.once('error', reject);
          socket.on('open', () => {
            socket.send(JSON.stringify({ type: 'report', id: 1, renderedVersion: String(version), spec }));
          });
          socket.on('message', (data: Buffer) => {
            const frame = JSON.parse(data.toString()) as { type: string };
            if (frame.type === 'verdict') resolve();
            if (frame.type === 'error') reject(new Error(data.toString()));
          });
        });
      } finally {
        socket.close();
      }
    },
    get,
    async rendered(device, version) {
      for (;;) {
        const found = (await get(`/devices/${device}`)) as { metadata: { annotations?: Record<string, string> } };
        if (Number(found.metadata.annotations?.['device-controller/renderedVersion'] ?? 0) >= version) return;
        await sleep(50);
      }
    },
    async stop() {
      service.process.kill('SIGTERM');
      await service.ended;
      await database.drop();
    },
  };
}

/** A device as it is applied. */
export function deviceYaml(name: string, labels: Record<string, string> = {}, image = 'quay.io/acme/os:1'): string {
  return JSON.stringify({
    apiVersion: 'flightctl.io/v1beta1',
    kind: 'Device',
    metadata: { name, labels },
    spec: { os: { image } },
  });
}

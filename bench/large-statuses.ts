import { request } from 'node:http';
import { deviceName, randomDevices, reportPath } from './fleet.ts';
import { bounded, noted, row, type Bench, type Row } from './harness.ts';
import { LoadGenerator, type LoadResult } from './load.ts';
import { startService } from './service.ts';

const devices = 10_000;
const atOnce = 480;
/** Times that all are sent: what is refused is sent again. */
const waves = 4;
const others = 4_000;

type Attack = {
  readonly what: string;
  readonly bytes: number;
  readonly deviceOf: (index: number) => string;
  /** Something is asked of one device that sends too much; of many in accord it is only shown. */
  readonly hasGoal: boolean;
};

const attacks: readonly Attack[] = [
  { what: 'statuses of 1.5 MB from one device', bytes: 1_500_000, deviceOf: () => deviceName(0), hasGoal: true },
  { what: 'statuses of 500 kB from one device', bytes: 500_000, deviceOf: () => deviceName(0), hasGoal: true },
  { what: 'statuses of 500 kB from as many devices', bytes: 500_000, deviceOf: deviceName, hasGoal: false },
];

/** Large statuses, many at once: the memory that they take, and how long others wait meanwhile. */
export const largeStatusesBench: Bench = {
  name: 'large-statuses',
  async run(rig) {
    const url = await rig.databaseWith(devices);
    const rows: Row[] = [];
    for (const attack of attacks) {
      // Each in a process of its own: the most memory that one has held does not fall again.
      const service = await startService(url, { MUSTER_POLL_TIMEOUT: '10ms' });
      const load = new LoadGenerator();
      const reports = (): Promise<LoadResult> => {
        const paths = randomDevices(devices, others).map(reportPath);
        return load.run({ kind: 'requests', origins: [service.agent], paths, connections: 8 });
      };
      try {
        const before = await reports();
        const idle = await service.memory();
        const [meanwhile] = await Promise.all([reports(), sendAll(service.agent, attack)]);
        const { maxRssBytes } = await service.memory();
        const memory = { figure: maxRssBytes / 2 ** 20, baseline: idle.rssBytes / 2 ** 20 };
        const most = `the most memory with ${atOnce} ${attack.what} at once, against idle`;
        const p99 = `p99 of a report of other devices with ${atOnce} ${attack.what} at once`;
        if (attack.hasGoal) {
          rows.push(row(most, 'MiB', memory, { atMost: 2 }), bounded(p99, 'ms', meanwhile.p99Ms, { atMost: 500 }));
        } else {
          rows.push(noted(most, 'MiB', memory), noted(p99, 'ms', { figure: meanwhile.p99Ms, baseline: before.p99Ms }));
        }
      } finally {
        await load.end();
        await service.stop();
      }
    }
    return rows;
  },
};

async function sendAll(origin: string, { bytes, deviceOf }: Attack): Promise<void> {
  const customInfo = Object.fromEntries(
    Array.from({ length: 1_000 }, (_, at) => [`key-${at}`, 'x'.repeat(bytes / 1_000 - 20)]),
  );
  for (let wave = 0; wave < waves; wave += 1) {
    const all = Array.from({ length: atOnce }, (_, index) => {
      const name = deviceOf(index);
      const head = { apiVersion: 'flightctl.io/v1beta1', kind: 'Device', metadata: { name } };
      return sendStatus(`${origin}/api/v1/devices/${name}/status`, { ...head, status: { systemInfo: { customInfo } } });
    });
    await Promise.all(all);
  }
}

/** Resolves when it was answered, or cut off. */
async function sendStatus(url: string, document: object): Promise<void> {
  const body = JSON.stringify(document);
  await new Promise<void>((resolve) => {
    const sent = request(url, { method: 'PUT', headers: { 'content-type': 'application/json' }, agent: false });
    sent.on('response', (response) => response.resume());
    sent.on('error', () => undefined);
    sent.on('close', () => resolve());
    sent.end(body);
  });
}

import { fleetVersion, randomDevices } from './fleet.ts';
import { bounded, quantile, row, timesMs, type Bench } from './harness.ts';
import { LoadGenerator, type LoadResult } from './load.ts';
import { startService, type Service } from './service.ts';

const reports = 60_000;
const connections = 1_024;

/** What people see while all devices come back, what that costs the storm, and what the whole of it costs in memory. */
export const stormBench: Bench = {
  name: 'storm',
  async run(rig) {
    const service = await startService(await rig.databaseWith(rig.fleet));
    const load = new LoadGenerator();
    const storm = async () => {
      await service.declare();
      const paths = randomDevices(rig.fleet, reports).map(reportPath);
      return await load.run({ kind: 'requests', origins: [service.agent], paths, connections });
    };
    try {
      await storm();
      const alone = await storm();
      const { result, statusTimes } = await watched(service, storm);
      const { maxRssBytes } = await service.memory();
      const fleet = rig.fleet.toLocaleString('en');
      return [
        bounded(`restore status during the storm, ${fleet} devices, p99`, 'ms', quantile(statusTimes, 0.99), {
          atMost: 50,
        }),
        row(
          'the storm while the restore is watched and its status asked for, against alone',
          '/s',
          { figure: result.perSecond, baseline: alone.perSecond },
          { atLeast: 0.98 },
        ),
        bounded(`start of the service with ${fleet} devices`, 'ms', service.readyMs, { atMost: 2_000 }),
        bounded('the most memory that it held through three storms', 'MiB', maxRssBytes / 2 ** 20, { atMost: 400 }),
      ];
    } finally {
      await load.end();
      await service.stop();
    }
  },
};

/** More than can be served, three times over: what is served meanwhile, what people see, and that all get in. */
export const overloadBench: Bench = {
  name: 'overload',
  async run(rig) {
    const url = await rig.databaseWith(rig.fleet);
    const service = await startService(url, { MUSTER_REPORT_QUEUE: '2000' });
    const load = new LoadGenerator();
    try {
      await service.declare();
      const capacity = await load.run({
        kind: 'requests',
        origins: [service.agent],
        paths: randomDevices(rig.fleet, reports).map(reportPath),
        connections,
      });
      const idle = await service.memory();
      await service.declare();
      const paths = randomDevices(rig.fleet, reports).map(reportPath);
      const offered = capacity.perSecond * 3;
      const { result, statusTimes } = await watched(service, () =>
        load.run({ kind: 'arrivals', origin: service.agent, paths, connections: 6_000, perSecond: offered }),
      );
      const loaded = await service.memory();
      const served = (result.outcomes['204'] ?? 0) + (result.outcomes['200'] ?? 0);
      return [
        row(
          'reports served under three times as many as can be, against capacity',
          '/s',
          { figure: served / result.seconds, baseline: capacity.perSecond },
          { atLeast: 0.9 },
        ),
        bounded('of them turned away with 503, and back when told to', '', result.outcomes['503'] ?? 0, { atLeast: 1 }),
        bounded('devices not in at the end', '', paths.length - served, { atMost: 0 }),
        bounded('p99 of an admin call meanwhile', 'ms', quantile(statusTimes, 0.99), { atMost: 1_000 }),
        row('memory after it, against before', 'MiB', inMib(loaded.rssBytes, idle.rssBytes), { atMost: 1.5 }),
      ];
    } finally {
      await load.end();
      await service.stop();
    }
  },
};

const inMib = (figure: number, baseline: number) => ({ figure: figure / 2 ** 20, baseline: baseline / 2 ** 20 });

function reportPath(name: string): string {
  return `/api/v1/devices/${name}/rendered?knownRenderedVersion=${fleetVersion}`;
}

/** Runs a load while somebody watches the restore and asks for its status twenty times a second. */
async function watched(
  service: Service,
  work: () => Promise<LoadResult>,
): Promise<{ result: LoadResult; statusTimes: number[] }> {
  const over = new AbortController();
  const watching = fetch(`${service.api}/api/v1/restores/current/watch`, { signal: over.signal })
    .then((response) => response.text())
    .catch(() => undefined);
  const times: number[] = [];
  const asking = (async () => {
    while (!over.signal.aborted) {
      times.push(...(await timesMs(1, () => askForStatus(service))));
      await new Promise((done) => setTimeout(done, 50));
    }
  })();
  const result = await work();
  over.abort();
  await Promise.all([watching, asking]);
  return { result, statusTimes: times.toSorted((a, b) => a - b) };
}

async function askForStatus(service: Service): Promise<void> {
  const response = await fetch(`${service.api}/api/v1/restores/current`);
  if (response.status !== 200) throw new Error(`the status of the restore was answered ${response.status}`);
  await response.text();
}

import { randomDevices, reportPath } from './fleet.ts';
import { bounded, noted, row, type Bench } from './harness.ts';
import { LoadGenerator, type LoadResult } from './load.ts';
import { startService } from './service.ts';
import { statusP99, watched } from './watched.ts';

const reports = 60_000;
const connections = 1_024;

/** Response times for people while all devices come back, their cost to the storm, and the memory that it takes. */
export const stormBench: Bench = {
  name: 'storm',
  async run(rig) {
    const url = await rig.databaseWith(rig.fleet);
    const service = await startService(url);
    const other = await startService(url);
    const load = new LoadGenerator();
    const storm = async () => {
      await service.declare();
      const paths = randomDevices(rig.fleet, reports).map(reportPath);
      return await load.run({ kind: 'requests', origins: [service.agent], paths, connections });
    };
    try {
      await storm();
      // In turns, so that what else this machine does meets both.
      const alone = [await storm()];
      const watchedThere = [await watched(other, storm)];
      alone.push(await storm());
      watchedThere.push(await watched(other, storm));
      const watchedHere = await watched(service, storm);
      const { maxRssBytes } = await service.memory();
      const fleet = rig.fleet.toLocaleString('en');
      const status = `restore status during the storm, ${fleet} devices`;
      return [
        bounded(`${status}, p99, asked of an instance beside it`, 'ms', statusP99(watchedThere), { atMost: 50 }),
        bounded(`${status}, p99, asked of the one that takes the storm`, 'ms', statusP99([watchedHere]), {
          atMost: 50,
        }),
        row(
          'the storm while the restore is watched and its status asked for, against alone',
          '/s',
          { figure: mean(watchedThere.map(({ result }) => result)), baseline: mean(alone) },
          { atLeast: 0.98 },
        ),
        bounded(`start of the service with ${fleet} devices`, 'ms', service.readyMs, { atMost: 2_000 }),
        bounded('the most memory that it held through six storms', 'MiB', maxRssBytes / 2 ** 20, { atMost: 400 }),
      ];
    } finally {
      await load.end();
      await Promise.all([service.stop(), other.stop()]);
    }
  },
};

/** More than can be served, three times over: what is served meanwhile, what people see, and that all get in. */
export const overloadBench: Bench = {
  name: 'overload',
  async run(rig) {
    // All of them come back, and within seconds: what is told to those turned away is right for a fleet that does.
    const devices = Math.floor(rig.fleet / 5);
    const service = await startService(await rig.databaseWith(devices), { MUSTER_REPORT_QUEUE: '2000' });
    const load = new LoadGenerator();
    const storm = async (count: number) => {
      await service.declare();
      const paths = randomDevices(devices, count).map(reportPath);
      return await load.run({ kind: 'requests', origins: [service.agent], paths, connections });
    };
    try {
      await storm(reports);
      const capacity = await storm(reports);
      const idle = await service.memory();
      await service.declare();
      const paths = randomDevices(devices, devices).map(reportPath);
      const perSecond = capacity.perSecond * 3;
      const { result, statusTimes } = await watched(service, () =>
        load.run({ kind: 'arrivals', origin: service.agent, paths, connections: 6_000, perSecond }),
      );
      const loaded = await service.memory();
      const served = (result.outcomes['204'] ?? 0) + (result.outcomes['200'] ?? 0);
      return [
        row(
          'reports served while three times as many come as can be, against capacity',
          '/s',
          { figure: result.servedPerSecond ?? Number.NaN, baseline: capacity.perSecond },
          { atLeast: 0.9 },
        ),
        noted('requests until all were in, those turned away with 503 among them, against devices', '', {
          figure: served + (result.outcomes['503'] ?? 0),
          baseline: paths.length,
        }),
        bounded('devices not in at the end', '', paths.length - served, { atMost: 0 }),
        noted('until all were in, against serving them at capacity without a break', 's', {
          figure: result.seconds,
          baseline: paths.length / capacity.perSecond,
        }),
        bounded('p99 of an admin call meanwhile', 'ms', statusP99([{ statusTimes }]), { atMost: 1_000 }),
        row('memory after it, against before', 'MiB', inMib(loaded.rssBytes, idle.rssBytes), { atMost: 1.5 }),
      ];
    } finally {
      await load.end();
      await service.stop();
    }
  },
};

const mean = (results: readonly LoadResult[]) =>
  results.reduce((sum, { perSecond }) => sum + perSecond, 0) / results.length;

const inMib = (figure: number, baseline: number) => ({ figure: figure / 2 ** 20, baseline: baseline / 2 ** 20 });

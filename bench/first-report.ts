import { randomDevices, reportPath } from './fleet.ts';
import { row, type Bench } from './harness.ts';
import { LoadGenerator } from './load.ts';
import { startService } from './service.ts';

const reports = 60_000;
/** A fleet that comes back at once holds many; each asks again when it was answered. */
const connections = 1_024;

/** The storm after a restore: the first report of distinct random devices, over HTTP. */
export const firstReportBench: Bench = {
  name: 'first-report',
  async run(rig) {
    const service = await startService(await rig.databaseWith(rig.fleet), { MUSTER_POLL_TIMEOUT: '10ms' });
    const load = new LoadGenerator();
    const over = (paths: string[]) => load.run({ kind: 'requests', origins: [service.agent], paths, connections });
    try {
      const devices = randomDevices(rig.fleet, reports);
      const nothing = devices.map((name) => `/empty/${name}`);
      const others = randomDevices(rig.fleet, reports / 2);
      await over(others.flatMap((name) => [`/empty/${name}`, `/update/${name}`, reportPath(name)]));
      const before = await over(nothing);
      await service.declare();
      const served = await over(devices.map(reportPath));
      const after = await over(nothing);
      const empty = { perSecond: (before.perSecond + after.perSecond) / 2, p99Ms: (before.p99Ms + after.p99Ms) / 2 };
      const updates = await over(randomDevices(rig.fleet, reports).map((name) => `/update/${name}`));
      const what = `first report after a restore, HTTP, distinct random devices of ${rig.fleet.toLocaleString('en')}`;
      return [
        row(`${what}, against an empty route`, '/s', figures(served.perSecond, empty.perSecond), { atLeast: 0.45 }),
        row(`${what}, against one UPDATE a report`, '/s', figures(served.perSecond, updates.perSecond), { atLeast: 3 }),
        row(
          'p99 of a report under the storm, against an empty route under the same load',
          'ms',
          figures(served.p99Ms, empty.p99Ms),
          { atMost: 5 },
        ),
      ];
    } finally {
      await load.end();
      await service.stop();
    }
  },
};

/** Heartbeats: every device has answered already, and nothing has changed. */
export const heartbeatBench: Bench = {
  name: 'heartbeat',
  async run(rig) {
    const service = await startService(await rig.databaseWith(rig.fleet), { MUSTER_POLL_TIMEOUT: '10ms' });
    const load = new LoadGenerator();
    const over = (paths: string[]) => load.run({ kind: 'requests', origins: [service.agent], paths, connections });
    try {
      const devices = randomDevices(rig.fleet, reports);
      const heartbeats = devices.map(reportPath);
      await over(heartbeats);
      const empty = await over(devices.map((name) => `/empty/${name}`));
      const steady = await over(heartbeats);
      return [
        row('steady heartbeats, against an empty route', '/s', figures(steady.perSecond, empty.perSecond), {
          atLeast: 0.7,
        }),
      ];
    } finally {
      await load.end();
      await service.stop();
    }
  },
};

const figures = (figure: number, baseline: number) => ({ figure, baseline });

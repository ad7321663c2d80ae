import { makeDevicePki } from './device-pki.ts';
import { randomDevices, reportPath } from './fleet.ts';
import { noted, row, type Bench, type Rig, type Row } from './harness.ts';
import { LoadGenerator, type LoadResult } from './load.ts';
import { startService } from './service.ts';

/** Devices with a connection each. */
const devices = 1_024;
/** Requests that each device sends one after the other. */
const polls = 8;
const statuses = 4;

/** The requests of devices all year and after a restore, under mutual TLS: each device has a certificate and a connection of its own. */
export const mutualTlsBench: Bench = {
  name: 'mutual-tls',
  async run(rig) {
    return [...(await measure(rig, false)), ...(await measure(rig, true))];
  },
};

async function measure(rig: Rig, below: boolean): Promise<Row[]> {
  const names = randomDevices(rig.fleet, devices);
  const pki = await makeDevicePki(names, below);
  const service = await startService(await rig.databaseWith(rig.fleet), { MUSTER_POLL_TIMEOUT: '10ms', ...pki.env });
  const load = new LoadGenerator();
  const open = (origin: string) => load.run({ kind: 'open-devices', origin, ca: pki.ca, devices: [...pki.identities] });
  const each = (path: string, times: number, sendsStatus = false) =>
    load.run({ kind: 'each-device', path, times, sendsStatus });
  const poll = reportPath(':name');
  const status = '/api/v1/devices/:name/status';
  try {
    // Once for warmth.
    await open(service.agent);
    await each(poll, 2);
    await each(status, 1, true);
    await open(service.empty);
    const empty = [await each('/empty/:name', 1)];
    const emptyKept = [await each('/empty/:name', polls)];
    await service.declare();
    await open(service.agent);
    const first = await each(poll, 1);
    const steady = await each(poll, polls);
    const put = await each(status, statuses, true);
    await service.declare();
    const firstWithStatus = [await each(status, 1, true), await each(poll, 1)];
    await open(service.empty);
    empty.push(await each('/empty/:name', 1));
    emptyKept.push(await each('/empty/:name', polls));
    await load.run({ kind: 'close-devices' });
    const kept = together(emptyKept);
    const under = below ? 'mutual TLS, an intermediate authority alone in the bundle' : 'mutual TLS';
    const against = (what: string, figure: number, baseline: number, atLeast: number) =>
      row(`${what}, ${under}, against an empty TLS route`, '/s', { figure, baseline }, { atLeast });
    const rows = [
      against('first poll after a restore', first.perSecond, together(empty), 0.45),
      against('steady poll', steady.perSecond, kept, 0.7),
      against('status PUT', put.perSecond, kept, 0.35),
    ];
    if (below) return rows;
    return [
      ...rows,
      noted(
        `first poll after a restore and the status before it, ${under}, against two empty TLS requests`,
        'devices/s',
        {
          figure: together(firstWithStatus) / 2,
          baseline: together(empty) / 2,
        },
      ),
    ];
  } finally {
    await load.end();
    await service.stop();
    await pki.remove();
  }
}

/** Answers a second over several measurements. */
function together(results: readonly LoadResult[]): number {
  const seconds = results.reduce((sum, result) => sum + result.seconds, 0);
  return results.reduce((sum, result) => sum + result.perSecond * result.seconds, 0) / seconds;
}

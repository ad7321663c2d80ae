import { setTimeout as sleep } from 'node:timers/promises';
import { leaveTier, withClient } from './fleet.ts';
import { bounded, quantile, row, timesMs, type Bench, type Row } from './harness.ts';
import { startService, type Service } from './service.ts';

const runs = 60;

/** Devices up to which a summary is counted at each request. */
const countedAtOnce = 50_000;
/** Longest wait for a large fleet to be counted the first time. */
const countingMs = 120_000;

/** A page of a hundred devices and a summary of all, right after a restore and near the end of it. */
export const listBench: Bench = {
  name: 'list',
  async run(rig) {
    const url = await rig.databaseWith(rig.fleet);
    // It counts the fleet too.
    const service = await startService(url, { MUSTER_WORKER: 'true' });
    try {
      await service.declare();
      const rows = await pages(service, url, 'right after a restore');
      rows.push(await summary(service, rig.fleet, 'right after a restore'));
      await leaveTier(url, 't7', 'awaited');
      rows.push(...(await pages(service, url, 'with a tenth still awaited')));
      rows.push(await summary(service, rig.fleet, 'with a tenth still awaited'));
      return rows;
    } finally {
      await service.stop();
    }
  },
};

async function summary(service: Service, devices: number, when: string): Promise<Row> {
  const ask = async () => {
    const response = await fetch(`${service.api}/api/v1/devices?summaryOnly=true`);
    if (response.status !== 200) throw new Error(`the summary was answered ${response.status}`);
    await response.text();
    return response.headers.has('age');
  };
  if (devices > countedAtOnce) {
    const until = performance.now() + countingMs;
    while (!(await ask())) {
      if (performance.now() > until) throw new Error('the fleet was not counted');
      await sleep(500);
    }
  }
  const what = `summary of ${devices.toLocaleString('en')} devices, ${when}, p99`;
  return bounded(what, 'ms', quantile(await timesMs(runs, ask), 0.99), { atMost: 300 });
}

async function pages(service: Service, url: string, when: string): Promise<Row[]> {
  return await withClient(url, async (client) => {
    const bareByLabel = () => client`
      SELECT * FROM devices d JOIN device_positions p USING (name) LEFT JOIN device_statuses s USING (name)
      WHERE d.labels @> '{"site": "s42"}' ORDER BY d.name LIMIT 101`;
    const [state] = await client<Array<{ restore: string }>>`SELECT current_restore AS restore FROM service_state`;
    const restore = state?.restore ?? '';
    const bareByField = () => client`
      SELECT * FROM devices d JOIN device_positions p USING (name) LEFT JOIN device_statuses s USING (name)
      WHERE p.mustered AND (p.answered_restore_id < ${restore} OR p.answered_restore_id > ${restore}) ORDER BY p.name LIMIT 101`;
    const list = (query: string) => async () => {
      const response = await fetch(`${service.api}/api/v1/devices?limit=100&${query}`);
      if (response.status !== 200) throw new Error(`${query} was answered ${response.status}`);
      await response.text();
    };
    const bareOfAll = () => client`
      SELECT * FROM devices d JOIN device_positions p USING (name) LEFT JOIN device_statuses s USING (name)
      ORDER BY d.name LIMIT 101`;
    const ofAll = await compared(list(''), bareOfAll);
    const byLabel = await compared(list('labelSelector=site%3Ds42'), bareByLabel);
    const byField = await compared(list('fieldSelector=status.summary.status%3DAwaitingReconnect'), bareByField);
    return [
      row(`list page of 100 of all, ${when}, against the bare SQL`, 'ms', ofAll, { atMost: 2 }),
      bounded(`p99 of it`, 'ms', ofAll.p99, { atMost: 50 }),
      row(`list page of 100 by label, ${when}, against the bare SQL`, 'ms', byLabel, { atMost: 2 }),
      bounded(`p99 of it`, 'ms', byLabel.p99, { atMost: 50 }),
      row(`list page of 100 by AwaitingReconnect, ${when}, against the bare SQL`, 'ms', byField, { atMost: 2 }),
      bounded(`p99 of it`, 'ms', byField.p99, { atMost: 50 }),
    ];
  });
}

async function compared(
  served: () => Promise<unknown>,
  bare: () => Promise<unknown>,
): Promise<{ figure: number; baseline: number; p99: number }> {
  await timesMs(5, served);
  await timesMs(5, bare);
  const [figures, baselines]: [number[], number[]] = [[], []];
  // In turns, so that what else this machine does meets both.
  for (let run = 0; run < runs; run += 1) {
    figures.push(...(await timesMs(1, served)));
    baselines.push(...(await timesMs(1, bare)));
  }
  const [times, bareTimes] = [figures, baselines].map((list) => list.toSorted((a, b) => a - b));
  return {
    figure: quantile(times ?? [], 0.5),
    baseline: quantile(bareTimes ?? [], 0.5),
    p99: quantile(times ?? [], 0.99),
  };
}

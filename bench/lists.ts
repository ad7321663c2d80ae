import { leaveTier, withClient } from './fleet.ts';
import { bounded, quantile, row, timesMs, type Bench, type Row } from './harness.ts';
import { startService, type Service } from './service.ts';

const runs = 60;

/** A page of a hundred devices by label and by field, right after a restore and near the end of it. */
export const listBench: Bench = {
  name: 'list',
  async run(rig) {
    const url = await rig.databaseWith(rig.fleet);
    const service = await startService(url);
    try {
      await service.declare();
      const rows = await pages(service, url, 'right after a restore');
      await leaveTier(url, 't7', 'awaited');
      rows.push(...(await pages(service, url, 'with a tenth still awaited')));
      return rows;
    } finally {
      await service.stop();
    }
  },
};

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
    const byLabel = await compared(list('labelSelector=site%3Ds42'), bareByLabel);
    const byField = await compared(list('fieldSelector=status.summary.status%3DAwaitingReconnect'), bareByField);
    return [
      row(`list page of 100 by label, ${when}, against the bare SQL`, 'ms', byLabel, { atMost: 1.5 }),
      bounded(`p99 of it`, 'ms', byLabel.p99, { atMost: 50 }),
      row(`list page of 100 by AwaitingReconnect, ${when}, against the bare SQL`, 'ms', byField, { atMost: 1.5 }),
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
  const times = await timesMs(runs, served);
  return {
    figure: quantile(times, 0.5),
    baseline: quantile(await timesMs(runs, bare), 0.5),
    p99: quantile(times, 0.99),
  };
}

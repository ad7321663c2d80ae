import { readConfig } from '../src/config/config.ts';
import { createContext } from '../src/context.ts';
import { createLog } from '../src/logging/log.ts';
import { acceptReports } from '../src/usecases/accept-reports.ts';
import { declareRestore } from '../src/usecases/declare-restore.ts';
import { deviceName, fleetVersion, withClient } from './fleet.ts';
import { row, type Bench } from './harness.ts';

const storms = 3;
const batch = 500;
/** Autovacuum looks once a minute by default, and then needs its time. */
const vacuumTimeoutMs = 180_000;

/** Disk space of the hot tables after storms on a whole fleet, one after another. */
export const tablesBench: Bench = {
  name: 'tables',
  async run(rig) {
    const devices = Math.floor(rig.fleet / 10);
    const url = await rig.databaseWith(devices);
    const config = readConfig({ DATABASE_URL: url, MUSTER_LOG_LEVEL: 'error' });
    const context = await createContext(config, createLog(config.logLevel));
    const sizes: number[] = [];
    try {
      for (let storm = 0; storm < storms; storm += 1) {
        await declareRestore(context, { by: { actor: 'service:bench' } });
        for (let first = 0; first < devices; first += batch) {
          const names = Array.from({ length: Math.min(batch, devices - first) }, (_, index) =>
            deviceName(first + index),
          );
          const position = { timeline: null, version: fleetVersion, specHash: null };
          await acceptReports(
            context,
            names.map((device) => ({ device, position })),
          );
        }
        await vacuumed(url);
        sizes.push(await hotMib(url));
      }
    } finally {
      await context.destroy();
    }
    const [first = Number.NaN, , last = Number.NaN] = sizes;
    return [
      row(
        `the hot tables of ${devices.toLocaleString('en')} devices after three storms on all of them, against after one`,
        'MiB',
        { figure: last, baseline: first },
        { atMost: 1.5 },
      ),
    ];
  },
};

/** Waits until autovacuum, nobody else, has cleared what the storm left. */
async function vacuumed(url: string): Promise<void> {
  await withClient(url, async (client) => {
    const deadline = performance.now() + vacuumTimeoutMs;
    while (performance.now() < deadline) {
      const [table] = await client<Array<{ dead: number; live: number }>>`
        SELECT n_dead_tup::float8 AS dead, n_live_tup::float8 AS live FROM pg_stat_user_tables WHERE relname = 'device_positions'`;
      if (table !== undefined && table.dead < table.live / 10) return;
      await new Promise((done) => setTimeout(done, 1_000));
    }
  });
}

async function hotMib(url: string): Promise<number> {
  return await withClient(url, async (client) => {
    const [size] = await client<Array<{ bytes: number }>>`
      SELECT (pg_total_relation_size('device_positions') + pg_total_relation_size('restores')
        + pg_total_relation_size('restore_answer_times'))::float8 AS bytes`;
    return (size?.bytes ?? Number.NaN) / 2 ** 20;
  });
}

import { readConfig } from '../src/config/config.ts';
import { DatabaseServer } from '../src/db/server/database-server.ts';
import { declareOnDatabase } from '../src/service/declare-on-database.ts';
import { bounded, timesMs, type Bench } from './harness.ts';

/** Time between a restored database that is not declared and one that serves, in a run of a restore: its steps declare and swap. */
export const declareAndSwapBench: Bench = {
  name: 'declare-and-swap',
  async run(rig) {
    const url = await rig.databaseWith(rig.fleet);
    const fresh = decodeURIComponent(new URL(url).pathname.slice(1));
    const [live, aside] = [`${fresh}_live`, `${fresh}_aside`];
    const server = new DatabaseServer(url);
    const config = readConfig({ DATABASE_URL: url, MUSTER_WORKER: 'false' });
    // Made through a connection to another database: one that is in use is not renamed.
    const admin = new DatabaseServer(server.urlOf('postgres'));
    await server.close();
    await admin.create(live, (await admin.facts()).user);
    let asked = 0;
    try {
      const [figure = Number.NaN] = await timesMs(1, async () => {
        asked += 1;
        await declareOnDatabase(config, { idempotencyKey: `run-${asked}`, by: { actor: 'user:bench' } });
        await admin.endSessions(fresh);
        await admin.swap(fresh, live, aside);
      });
      await admin.rename(live, fresh);
      await admin.drop(aside);
      const devices = rig.fleet.toLocaleString('en');
      return [bounded(`declare and swap a restored database of ${devices} devices`, 'ms', figure, { atMost: 1_000 })];
    } finally {
      await admin.close();
    }
  },
};

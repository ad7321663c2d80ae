import postgres from 'postgres';
import { buildApp } from '../src/app.ts';
import { createContext } from '../src/context.ts';
import { createLog } from '../src/log.ts';
import { createListener } from '../src/http/listener.ts';
import { declareRestore } from '../src/usecases/declare-restore.ts';
import { deviceName, row, type Bench } from './harness.ts';
import { requestsPerSecond } from './load.ts';

const fleet = 200_000;
const reports = 40_000;
const connections = 128;

/** The storm after a restore: the first report of distinct random devices, over HTTP, load generator included. */
export const firstReportBench: Bench = {
  name: 'first-report',
  async run(rig) {
    const url = await rig.databaseWith(fleet);
    const context = await createContext(rig.config(url), createLog('error'));
    const { restore } = await declareRestore(context, { declaredBy: 'service:bench' });
    const app = await buildApp(context);
    const bare = createListener(createLog('error'));
    const client = postgres(url, { max: 10 });
    // One UPDATE a report: what this would be without sharing commits.
    bare.get('/update/:name', async (request) => {
      const { name } = request.params as { name: string };
      await client`UPDATE device_positions SET answered_restore_id = ${restore.id}, answered_at = now(), last_seen = now() WHERE name = ${name}`;
      return '';
    });
    bare.get('/empty/:name', async () => '');
    try {
      const agent = await app.agent.listen({ host: '127.0.0.1', port: 0 });
      const plain = await bare.listen({ host: '127.0.0.1', port: 0 });
      const names = shuffled(fleet)
        .slice(0, reports * 2)
        .map(deviceName);
      const mine = names.slice(0, reports);
      const others = names.slice(reports, reports + reports / 4);
      await requestsPerSecond(
        plain,
        mine.slice(0, 5_000).map((name) => `/empty/${name}`),
        connections,
      );
      const empty = await requestsPerSecond(
        plain,
        mine.map((name) => `/empty/${name}`),
        connections,
      );
      const served = await requestsPerSecond(
        agent,
        mine.map((name) => `/api/v1/devices/${name}/rendered?knownRenderedVersion=5`),
        connections,
      );
      const single = await requestsPerSecond(
        plain,
        others.map((name) => `/update/${name}`),
        connections,
      );
      return [
        row(
          'first report after a restore (HTTP), against an empty route',
          '/s',
          { figure: served, baseline: empty },
          { atLeast: 0.6 },
        ),
        row(
          'first report after a restore (HTTP), against one UPDATE a report',
          '/s',
          { figure: served, baseline: single },
          { atLeast: 3 },
        ),
      ];
    } finally {
      await client.end();
      await bare.close();
      await app.close();
      await context.destroy();
    }
  },
};

function shuffled(count: number): number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
  return order;
}

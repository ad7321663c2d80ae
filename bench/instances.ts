import { randomDevices, reportPath, withClient } from './fleet.ts';
import { bounded, noted, type Bench, type Row } from './harness.ts';
import { LoadGenerator } from './load.ts';
import { startService } from './service.ts';
import { RedisServer } from '../test/support/redis-server.ts';

const reports = 40_000;
const connections = 256;

/** The storm on one, two and four instances that share PostgreSQL and Redis. */
export const instancesBench: Bench = {
  name: 'instances',
  async run(rig) {
    const redis = await RedisServer.start();
    try {
      const rows: Row[] = [];
      let alone = Number.NaN;
      for (const count of [1, 2, 4]) {
        const { perSecond, wrong } = await storm(await rig.databaseWith(rig.fleet), redis.url, {
          count,
          fleet: rig.fleet,
        });
        if (count === 1) alone = perSecond;
        else {
          const what = `${count} instances on one PostgreSQL and Redis`;
          rows.push(
            noted(`${what}, against one`, '/s', { figure: perSecond, baseline: alone }),
            bounded(`${what}: devices judged twice, or lost`, '', wrong, { atMost: 0 }),
          );
        }
      }
      return rows;
    } finally {
      await redis.remove();
    }
  },
};

async function storm(
  url: string,
  redisUrl: string,
  { count, fleet }: { count: number; fleet: number },
): Promise<{ perSecond: number; wrong: number }> {
  const services = await Promise.all(Array.from({ length: count }, () => startService(url, { REDIS_URL: redisUrl })));
  const load = new LoadGenerator();
  try {
    await services[0]?.declare();
    const devices = randomDevices(fleet, reports);
    const paths = devices.map(reportPath);
    const result = await load.run({
      kind: 'requests',
      origins: services.map(({ agent }) => agent),
      paths,
      connections,
    });
    return { perSecond: result.perSecond, wrong: await countWrong(url, devices.length) };
  } finally {
    await load.end();
    await Promise.all(services.map((service) => service.stop()));
  }
}

/** Devices with more or fewer than one answer to the restore, and what the counters say beside the rows. */
async function countWrong(url: string, answered: number): Promise<number> {
  return await withClient(url, async (client) => {
    const [found] = await client<Array<{ wrong: number }>>`
      WITH s AS (SELECT current_restore AS restore FROM service_state),
        e AS (SELECT involved_name, count(*) AS events FROM events, s WHERE events.restore = s.restore AND reason = 'DeviceAnswered' GROUP BY 1)
      SELECT ((SELECT count(*) FROM e WHERE events <> 1) + abs((SELECT count(*) FROM e) - ${answered})
        + abs((SELECT r.answered FROM restores r, s WHERE r.id = s.restore) - ${answered})
        + abs((SELECT count(*) FROM device_positions p, s WHERE p.answered_restore_id = s.restore) - ${answered}))::float8 AS wrong`;
    return found?.wrong ?? Number.NaN;
  });
}

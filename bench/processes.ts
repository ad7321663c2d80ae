import { RedisServer } from '../test/support/redis-server.ts';
import { randomDevices, reportPath } from './fleet.ts';
import { bounded, noted, type Bench } from './harness.ts';
import { LoadGenerator } from './load.ts';
import { startService } from './service.ts';
import { statusP99, watched } from './watched.ts';

const reports = 60_000;
const connections = 1_024;

/** The storm on a service whose devices talk to two processes of their own, and what people see who ask the first one. */
export const processesBench: Bench = {
  name: 'processes',
  async run(rig) {
    const redis = await RedisServer.start();
    const url = await rig.databaseWith(rig.fleet);
    const storms = async (processes: number) => {
      const service = await startService(url, { REDIS_URL: redis.url, MUSTER_PROCESSES: String(processes) });
      const load = new LoadGenerator();
      const storm = async () => {
        await service.declare();
        const paths = randomDevices(rig.fleet, reports).map(reportPath);
        return await load.run({ kind: 'requests', origins: [service.agent], paths, connections });
      };
      try {
        await storm();
        const { perSecond } = await storm();
        return { perSecond, p99: statusP99([await watched(service, storm)]) };
      } finally {
        await load.end();
        await service.stop();
      }
    };
    try {
      const one = await storms(1);
      const two = await storms(2);
      return [
        noted('the storm on MUSTER_PROCESSES=2, against one process', '/s', {
          figure: two.perSecond,
          baseline: one.perSecond,
        }),
        bounded('restore status during it, p99', 'ms', two.p99, { atMost: 50 }),
      ];
    } finally {
      await redis.remove();
    }
  },
};

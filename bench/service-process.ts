import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { listenEmpty } from './empty-listener.ts';
import { buildApp } from '../src/service/app.ts';
import { inheritedEnvironment, readConfig } from '../src/config/config.ts';
import { createContext } from '../src/context.ts';
import { prepared } from '../src/db/driver/prepared-statements.ts';
import { startDeviceProcesses } from '../src/service/device-processes.ts';
import { Housekeeping } from '../src/service/housekeeping.ts';
import type { Listener } from '../src/listener/listener.ts';
import { createLog } from '../src/logging/log.ts';
import { RestoreWatch } from '../src/service/restore-watch.ts';
import { declareRestore } from '../src/usecases/declare-restore.ts';
import { RenderWorker } from '../src/service/render-worker.ts';

// The service in a process of its own, as `muster serve` runs it, with routes beside it that do nothing: the baselines.

const requestSchema = z.enum(['memory', 'declare', 'stop']);

const startedAt = performance.now();
const config = readConfig();
const log = createLog(config.logLevel);
const context = await createContext(config, log);
const watch = new RestoreWatch(context);
await watch.start();
const app = await buildApp(context);
const worker = config.worker ? new RenderWorker(context) : undefined;
worker?.start();
const housekeeping = config.worker ? new Housekeeping(context) : undefined;
housekeeping?.start();
app.agent.get('/empty/:name', async () => '');
/** A report without shared commits: one UPDATE in a transaction of its own. */
app.agent.get<{ Params: { name: string } }>('/update/:name', async ({ params }) => {
  await context.database.pool.execute(sql`${prepared}
    UPDATE device_positions SET answered_at = now(), last_seen = now() WHERE name = ${params.name}`);
  return '';
});
app.agent.get('/echo/:name', { websocket: true }, (socket) => {
  socket.on('message', (data: Buffer) => socket.send(data.toString('utf8')));
});
const listenOn = (listener: Listener) => listener.listen({ host: '127.0.0.1', port: 0, backlog: 4_096 });
const devices =
  config.processes > 1 ? await startDeviceProcesses(config.processes, inheritedEnvironment(), log) : undefined;
const api = await listenOn(app.api);
const agent = devices?.agent ?? (await listenOn(app.agent));
const empty = await listenEmpty(config);
process.send?.({ api, agent, empty: empty.origin, readyMs: performance.now() - startedAt });

// The parent process is gone.
process.on('disconnect', () => process.exit(1));
process.on('message', (message) => {
  void answer(requestSchema.parse(message)).then((reply) => process.send?.(reply));
});

async function answer(request: z.infer<typeof requestSchema>): Promise<object> {
  switch (request) {
    case 'memory': {
      // What is garbage is not held: asked for between the measurements, never during one.
      globalThis.gc?.();
      return { rssBytes: process.memoryUsage.rss(), maxRssBytes: process.resourceUsage().maxRSS * 1024 };
    }
    case 'declare': {
      const { restore } = await declareRestore(context, { by: { actor: 'service:bench' } });
      return { restore: restore.id };
    }
    case 'stop': {
      await Promise.all([app.close(), devices?.stop(), empty.close()]);
      await Promise.all([worker?.stop(), housekeeping?.stop()]);
      await watch.stop();
      await context.destroy();
      setImmediate(() => process.exit(0));
      return {};
    }
    default:
      return request satisfies never;
  }
}

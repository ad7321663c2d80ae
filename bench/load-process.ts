import { Pool } from 'undici';
import { loadSchema, type LoadResult } from './load.ts';
import { Measured } from './measured.ts';
import { OpenSockets } from './open-sockets.ts';

type Requests = {
  readonly origins: readonly string[];
  readonly paths: readonly string[];
  readonly connections: number;
};

async function requests({ origins, paths, connections }: Requests): Promise<LoadResult> {
  const pools = origins.map((origin) => new Pool(origin, { connections: connections / origins.length, pipelining: 1 }));
  const measured = new Measured();
  let next = 0;
  const one = async (pool: Pool) => {
    for (let path = paths[next++]; path !== undefined; path = paths[next++]) {
      const sentAt = performance.now();
      const { statusCode, body } = await pool.request({ method: 'GET', path });
      await body.dump();
      measured.note(String(statusCode), sentAt);
    }
  };
  await Promise.all(pools.flatMap((pool) => Array.from({ length: connections / origins.length }, () => one(pool))));
  const result = measured.result();
  await Promise.all(pools.map((pool) => pool.close()));
  return result;
}

type Arrivals = Omit<Requests, 'origins'> & { readonly origin: string; readonly perSecond: number };

async function arrivals({ perSecond, ...load }: Arrivals): Promise<LoadResult> {
  const pool = new Pool(load.origin, { connections: load.connections, pipelining: 1 });
  const measured = new Measured();
  let served = 0;
  const comeIn = async (path: string): Promise<void> => {
    for (;;) {
      const sentAt = performance.now();
      const { statusCode, headers, body } = await pool.request({ method: 'GET', path });
      await body.dump();
      measured.note(String(statusCode), sentAt);
      if (statusCode !== 503) {
        served += 1;
        return;
      }
      await new Promise((done) => setTimeout(done, Number(headers['retry-after'] ?? 1) * 1_000));
    }
  };
  const under: Promise<void>[] = [];
  const beganAt = performance.now();
  while (under.length < load.paths.length) {
    const due = Math.min(load.paths.length, ((performance.now() - beganAt) / 1_000) * perSecond);
    for (const path of load.paths.slice(under.length, due)) under.push(comeIn(path));
    await new Promise((done) => setTimeout(done, 5));
  }
  const servedPerSecond = served / ((performance.now() - beganAt) / 1_000);
  await Promise.all(under);
  const result = measured.result();
  await pool.close();
  return { ...result, servedPerSecond };
}

const sockets = new OpenSockets();

async function run(message: unknown): Promise<LoadResult> {
  const load = loadSchema.parse(message);
  switch (load.kind) {
    case 'requests':
      return await requests(load);
    case 'arrivals':
      return await arrivals(load);
    case 'open-sockets':
      return await sockets.open(load.origin, load.paths, load.protocol, new Measured());
    case 'frames':
      return await sockets.exchange(load.frame, new Measured());
    case 'await-verdicts':
      return await sockets.verdicts(load.frame, new Measured());
    case 'await-specs':
      return await sockets.specs(new Measured());
    case 'close-sockets':
      return await sockets.close(new Measured());
    case 'end':
      setImmediate(() => process.exit(0));
      return new Measured().result();
    default:
      return load satisfies never;
  }
}

// Whoever asked is gone.
process.on('disconnect', () => process.exit(1));
process.on('message', (message) => {
  run(message).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      process.stderr.write(`load: ${String(error)}\n`);
      process.exit(1);
    },
  );
});
process.send?.({ ready: true });

import { Connections } from './connections.ts';
import { DeviceConnections } from './device-connections.ts';
import { loadSchema, type LoadResult } from './load.ts';
import { Measured } from './measured.ts';
import { OpenSockets } from './open-sockets.ts';

type Requests = {
  readonly origins: readonly string[];
  readonly paths: readonly string[];
  readonly connections: number;
};

async function requests({ origins, paths, connections: count }: Requests): Promise<LoadResult> {
  const connections = await Connections.open(origins, count);
  const measured = new Measured();
  let next = 0;
  const one = async () => {
    for (let path = paths[next++]; path !== undefined; path = paths[next++]) await connections.get(path, measured);
  };
  await Promise.all(Array.from({ length: connections.count }, one));
  const result = measured.result();
  await connections.close();
  return result;
}

type Arrivals = Omit<Requests, 'origins'> & { readonly origin: string; readonly perSecond: number };

async function arrivals({ origin, paths, connections: count, perSecond }: Arrivals): Promise<LoadResult> {
  const connections = await Connections.open([origin], count);
  const measured = new Measured();
  let served = 0;
  const comeIn = async (path: string): Promise<void> => {
    for (;;) {
      const { status, retryAfter } = await connections.get(path, measured);
      if (status !== 503) {
        served += 1;
        return;
      }
      await new Promise((done) => setTimeout(done, retryAfter * 1_000));
    }
  };
  const under: Promise<void>[] = [];
  const beganAt = performance.now();
  while (under.length < paths.length) {
    const due = Math.min(paths.length, ((performance.now() - beganAt) / 1_000) * perSecond);
    for (const path of paths.slice(under.length, due)) under.push(comeIn(path));
    await new Promise((done) => setTimeout(done, 5));
  }
  const servedPerSecond = served / ((performance.now() - beganAt) / 1_000);
  await Promise.all(under);
  const result = measured.result();
  await connections.close();
  return { ...result, servedPerSecond };
}

const sockets = new OpenSockets();
const devices = new DeviceConnections();

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
    case 'open-devices':
      return await devices.open(load.origin, load.ca, load.devices);
    case 'each-device':
      return await devices.each(load);
    case 'close-devices':
      await devices.close();
      return new Measured().result();
    case 'end':
      setImmediate(() => process.exit(0));
      return new Measured().result();
    default:
      return load satisfies never;
  }
}

// The parent process is gone.
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

import { Pool } from 'undici';

/** Sends `paths` over `connections` keep-alive connections, each sending its next request when the last was answered. */
export async function requestsPerSecond(
  origin: string,
  paths: readonly string[],
  connections: number,
): Promise<number> {
  const pool = new Pool(origin, { connections, pipelining: 1 });
  let next = 0;
  const one = async () => {
    for (let path = paths[next++]; path !== undefined; path = paths[next++]) {
      const { statusCode, body } = await pool.request({ method: 'GET', path });
      await body.dump();
      if (statusCode >= 400) throw new Error(`${path} was answered ${statusCode}`);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: connections }, one));
  const seconds = (performance.now() - start) / 1000;
  await pool.close();
  return paths.length / seconds;
}

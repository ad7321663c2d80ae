import { quantile, timesMs } from './harness.ts';
import type { LoadResult } from './load.ts';
import type { Service } from './service.ts';

/** Runs a load while somebody watches the restore and asks for its status twenty times a second. */
export async function watched(
  service: Service,
  work: () => Promise<LoadResult>,
): Promise<{ result: LoadResult; statusTimes: number[] }> {
  const over = new AbortController();
  const watching = fetch(`${service.api}/api/v1/restores/current/watch`, { signal: over.signal })
    .then((response) => response.text())
    .catch(() => undefined);
  const times: number[] = [];
  const asking = (async () => {
    while (!over.signal.aborted) {
      times.push(...(await timesMs(1, () => askForStatus(service))));
      await new Promise((done) => setTimeout(done, 50));
    }
  })();
  const result = await work();
  over.abort();
  await Promise.all([watching, asking]);
  return { result, statusTimes: times };
}

async function askForStatus(service: Service): Promise<void> {
  const response = await fetch(`${service.api}/api/v1/restores/current`);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`the status of the restore was answered ${response.status}: ${text}`);
}

/** Over all that watched, in milliseconds. */
export function statusP99(watches: ReadonlyArray<{ readonly statusTimes: readonly number[] }>): number {
  const times = watches.flatMap(({ statusTimes }) => statusTimes);
  return quantile(
    times.toSorted((a, b) => a - b),
    0.99,
  );
}

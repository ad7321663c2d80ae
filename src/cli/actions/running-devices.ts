import { setTimeout as sleep } from 'node:timers/promises';
import type { Device } from '../../domain/resources/device.ts';
import { answerOf, type ApiClient } from '../api-client.ts';
import { CliError, exitCodes } from '../failures.ts';
import { counted } from '../output/counted.ts';
import { showProgress } from '../progress.ts';
import { deviceKind } from '../resources/device-kind.ts';
import { pagesOf } from '../resources/resource-kind.ts';
import type { Selectors } from '../selector-options.ts';

const everyMs = 1_000;
/** Names go into the address of a request, of which servers take 8 KiB or more. */
const maxSelectorLength = 4_000;

/** The names of the devices that a choice would be about now. */
export async function pausedNames(api: ApiClient, { labelSelector, fieldSelector }: Selectors): Promise<string[]> {
  const paused = 'status.summary.status=ConflictPaused';
  const query = {
    fieldSelector: fieldSelector === undefined ? paused : `${fieldSelector},${paused}`,
    ...(labelSelector === undefined ? {} : { labelSelector }),
  };
  const names: string[] = [];
  for await (const page of pagesOf(deviceKind, api, query)) names.push(...page.items.map(({ name }) => name));
  return names;
}

/**
 * Waits until devices run the newest spec rendered for them. A device that has gone meanwhile is not waited for.
 *
 * @param stayPaused some of the devices were not resumed and stay paused, which is no failure
 * @param timeoutMs undefined waits for as long as it takes
 * @throws CliError 3 if devices are paused again, 1 if all are or time ran out
 */
export async function awaitUpToDate(
  api: ApiClient,
  names: readonly string[],
  { stayPaused, timeoutMs }: { stayPaused: boolean; timeoutMs: number | undefined },
): Promise<void> {
  const deadline = timeoutMs === undefined ? Number.POSITIVE_INFINITY : Date.now() + timeoutMs;
  const progress = showProgress(process.stderr, 'Up to date');
  let waiting = [...names];
  let total = names.length;
  const paused: string[] = [];
  try {
    for (let round = 0; ; round += 1) {
      const standings = await standingsOf(api, waiting);
      const stopped = waiting.filter((name) => standings.get(name) === 'paused');
      if (round === 0 && stayPaused) total -= stopped.length;
      else paused.push(...stopped);
      waiting = waiting.filter((name) => standings.get(name) === 'updating');
      progress.update(
        total - waiting.length - paused.length,
        total,
        paused.length > 0 ? `${paused.length} paused again` : '',
      );
      if (waiting.length === 0) break;
      if (Date.now() >= deadline)
        throw new CliError(`timed out: ${waiting.length} of ${counted(total, 'device')} not up to date`);
      await sleep(Math.min(everyMs, Math.max(0, deadline - Date.now())));
    }
  } finally {
    progress.stop();
  }
  if (paused.length === 0) return;
  throw new CliError(
    `${paused.length} of ${counted(total, 'device')} paused again: ${paused.slice(0, 10).join(', ')}${paused.length > 10 ? ' …' : ''}`,
    paused.length === total ? exitCodes.error : exitCodes.someFailed,
  );
}

type Standing = 'updating' | 'upToDate' | 'paused';

async function standingsOf(api: ApiClient, names: readonly string[]): Promise<Map<string, Standing>> {
  const standings = new Map<string, Standing>();
  for (const chunk of chunksOf(names)) {
    const query = { fieldSelector: `metadata.name in (${chunk.join(',')})`, limit: chunk.length };
    const { items } = await answerOf(api.GET('/api/v1/devices', { params: { query } }));
    for (const device of items) standings.set(device.metadata.name ?? '', standingOf(device));
  }
  return standings;
}

function standingOf({ status }: Device): Standing {
  if (status?.summary.status === 'ConflictPaused') return 'paused';
  return status?.updated.status === 'UpToDate' ? 'upToDate' : 'updating';
}

function* chunksOf(names: readonly string[]): Generator<string[]> {
  let chunk: string[] = [];
  let length = 0;
  for (const name of names) {
    if (chunk.length > 0 && length + name.length > maxSelectorLength) {
      yield chunk;
      chunk = [];
      length = 0;
    }
    chunk.push(name);
    length += name.length + 1;
  }
  if (chunk.length > 0) yield chunk;
}

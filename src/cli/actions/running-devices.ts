import { setTimeout as sleep } from 'node:timers/promises';
import { answerOf, type ApiClient } from '../../client/api-client.ts';
import { CliError, exitCodes } from '../../client/failures.ts';
import { counted, inBrief } from '../../terminal/counted.ts';
import { printable } from '../../terminal/printable.ts';
import { showProgress } from '../../terminal/progress.ts';
import { deviceKind } from '../resources/device-kind.ts';
import { pagesOfKind } from '../resources/resource-kind.ts';
import type { Selectors } from '../selector-options.ts';
import { standingOf, type RunningState } from './awaited-device.ts';

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
  for await (const page of pagesOfKind(deviceKind, api, query)) names.push(...page.items.map(({ name }) => name));
  return names;
}

/**
 * Time that a problem must last, in milliseconds, before the wait for a device ends. A problem that the renderer or device told
 * of the version before is still shown for a moment after a resume.
 */
const timeoutsMs: Readonly<Record<RunningState['kind'], number>> = {
  upToDate: Infinity,
  updating: Infinity,
  paused: 0,
  nothingToSend: 0,
  unfilled: 0,
  unrendered: 10_000,
  failed: 3_000,
};

/**
 * Waits until devices run the newest spec rendered for them. A device that has gone meanwhile is not waited for, nor one that
 * cannot get there: it has no spec here, its template or spec cannot be made out, it failed to apply it, or is paused again.
 *
 * @param stayPaused some of the devices were not resumed and stay paused, which is no failure
 * @param timeoutMs undefined waits for as long as it takes
 * @throws CliError 3 with their names if devices cannot get there; 1 if all are paused again or time ran out
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
  const stopped: Stopped[] = [];
  /** Since when each device has stood as it does. */
  const since = new Map<string, { kind: RunningState['kind']; at: number }>();
  try {
    for (let round = 0; ; round += 1) {
      const standings = await standingsOf(api, waiting);
      const now = Date.now();
      const isStopped = (name: string): boolean => {
        const kind = standings.get(name)?.kind;
        if (kind === undefined) return false;
        if (since.get(name)?.kind !== kind) since.set(name, { kind, at: now });
        return now - (since.get(name)?.at ?? now) >= timeoutsMs[kind];
      };
      const halted = waiting.filter(isStopped).flatMap((name): Stopped[] => {
        const standing = standings.get(name);
        return standing === undefined ? [] : [{ name, ...standing }];
      });
      const neverResumed = round === 0 && stayPaused ? halted.filter(({ kind }) => kind === 'paused') : [];
      total -= neverResumed.length;
      stopped.push(...halted.filter((device) => !neverResumed.includes(device)));
      const gone = new Set(halted.map(({ name }) => name));
      waiting = waiting.filter((name) => !gone.has(name) && (standings.get(name)?.kind ?? 'upToDate') !== 'upToDate');
      progress.update(total - waiting.length - stopped.length, total, briefly(stopped));
      if (waiting.length === 0) break;
      if (Date.now() >= deadline) throw timedOut(waiting, standings, total);
      await sleep(Math.min(everyMs, Math.max(0, deadline - Date.now())));
    }
  } finally {
    progress.stop();
  }
  if (stopped.length > 0) throw haltedFailure(stopped, total);
}

type Stopped = RunningState & { readonly name: string };

/** Kinds of trouble in the order in which they are told, each with what is said of its devices. */
const troubles = [
  ['paused', 'paused again'],
  ['nothingToSend', 'without a spec here: nothing is sent to them, and they keep what they run'],
  ['unfilled', 'for which the template of their fleet cannot be filled in'],
  ['unrendered', 'whose spec cannot be rendered'],
  ['failed', 'that failed to apply it; an agent does not try the same spec again until it restarts'],
] as const;

function briefly(stopped: readonly Stopped[]): string {
  const paused = stopped.filter(({ kind }) => kind === 'paused').length;
  const others = stopped.length - paused;
  return [paused > 0 ? `${paused} paused again` : '', others > 0 ? `${others} cannot get there` : '']
    .filter(Boolean)
    .join(', ');
}

function haltedFailure(stopped: readonly Stopped[], total: number): CliError {
  const told = troubles.flatMap(([kind, what]) => {
    const devices = stopped.filter((device) => device.kind === kind);
    if (devices.length === 0) return [];
    const withReason = kind === 'unfilled' || kind === 'unrendered' || kind === 'failed';
    const named = devices.map(({ name, why }) => (withReason && why !== '' ? `${name} (${why})` : name));
    return [`${devices.length} of ${counted(total, 'device')} ${what}: ${inBrief(named)}`];
  });
  const allPaused = stopped.every(({ kind }) => kind === 'paused') && stopped.length === total;
  return new CliError(printable(told.join('; ')), allPaused ? exitCodes.error : exitCodes.someFailed);
}

function timedOut(waiting: readonly string[], standings: ReadonlyMap<string, RunningState>, total: number): CliError {
  const named = waiting.map((name) => {
    const why = standings.get(name)?.why ?? '';
    return why === '' ? name : `${name} (${why})`;
  });
  const text = `timed out: ${waiting.length} of ${counted(total, 'device')} not up to date: ${inBrief(named)}`;
  return new CliError(printable(text));
}

async function standingsOf(api: ApiClient, names: readonly string[]): Promise<Map<string, RunningState>> {
  const standings = new Map<string, RunningState>();
  for (const chunk of chunksOf(names)) {
    const query = { fieldSelector: `metadata.name in (${chunk.join(',')})`, limit: chunk.length };
    const { items } = await answerOf(api.GET('/api/v1/devices', { params: { query } }));
    for (const device of items) standings.set(device.metadata.name ?? '', standingOf(device));
  }
  return standings;
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

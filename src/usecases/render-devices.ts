import type { Bus } from '../bus/bus.ts';
import type { Clock } from '../time/clock.ts';
import type { Database, Executor } from '../db/client.ts';
import { appendEvents } from '../db/event-log.ts';
import { currentRestore, holdRestore } from '../db/fence.ts';
import { lockPositions, saveRenderedPositions, type PositionRow, type RenderedPosition } from '../db/position-store.ts';
import {
  readRenderInputs,
  saveRenderedSpecs,
  saveSpecProblems,
  type SpecProblem,
  type WantedRender,
} from '../db/render-store.ts';
import { byService, type NewEvent } from '../domain/event.ts';
import { gateOf } from '../domain/recovery/gate.ts';
import type { RenderedPosition as NewPosition } from '../domain/journal-facts/facts.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Journal } from '../journal/journal.ts';
import { renderedPosition } from '../domain/recovery/position.ts';
import { renderInput, type InputOutcome } from '../domain/rendering/render-input.ts';
import { specHash } from '../domain/rendering/spec-hash.ts';
import { problemText, type SpecRenderer } from '../domain/rendering/spec-renderer.ts';
import type { Observer } from './observer.ts';
import type { At } from './steps/in-restore.ts';
import { holdThisRestore, underLocksIfOvertaken } from './steps/under-locks.ts';
import { settledWithin } from '../time/time-limit.ts';

type Deps = {
  database: Database;
  clock: Clock;
  bus: Bus;
  journal: Journal;
  renderer: SpecRenderer;
  observer: Observer;
};

/** Devices rendered in one transaction by the sweep. */
const sweepBatch = 500;

/**
 * Renders devices by name: those of them that need it and whose gate is open in the restore that the job belongs to.
 * A job of an older restore does nothing (invariant S2).
 *
 * @returns how many got a new rendered version
 * @throws what the renderer threw for one of them, or Error if it could not render one for a reason that may pass; the
 * others are rendered all the same, and that one is to be tried again
 */
export async function renderDevices(deps: Deps, job: { restore: string; devices: readonly string[] }): Promise<number> {
  if ((await currentRestore(deps.database.pool)) !== job.restore) return 0;
  const inputs = await readRenderInputs(deps.database.pool, job.restore, { names: job.devices });
  const first = await render(deps, job.restore, inputs);
  const rest = await first.rest;
  const [failure] = [...first.failures, ...rest.failures];
  if (failure !== undefined) throw failure;
  const waiting = [...first.waiting, ...rest.waiting];
  if (waiting.length > 0) throw new Error(`rendering ${waiting.length} devices has to be tried again: ${waiting[0]}`);
  return first.rendered + rest.rendered;
}

/**
 * Renders all that needs it and may be: what no job remembered.
 *
 * @returns how many got a new rendered version
 * @throws what the renderer threw for one of them, after all others had their turn
 */
export async function renderPending(deps: Deps, signal: AbortSignal): Promise<number> {
  const restore = await currentRestore(deps.database.pool);
  let rendered = 0;
  const failures: unknown[] = [];
  const rests: Promise<Rendered>[] = [];
  for (let after = ''; !signal.aborted;) {
    const inputs = await readRenderInputs(deps.database.pool, restore, { after, limit: sweepBatch });
    const last = inputs.at(-1);
    if (last === undefined) break;
    const done = await render(deps, restore, inputs);
    rendered += done.rendered;
    failures.push(...done.failures.slice(0, 1));
    rests.push(done.rest);
    after = last.name;
  }
  for (const rest of await Promise.all(rests)) {
    rendered += rest.rendered;
    failures.push(...rest.failures.slice(0, 1));
  }
  if (failures.length > 0) throw failures[0];
  return rendered;
}

type Prepared = { readonly input: WantedRender; readonly outcome: InputOutcome; readonly hash: string };

type Rendered = {
  /** Number of devices that got a new version. */
  readonly rendered: number;
  readonly failures: readonly unknown[];
  /** Why devices go on wanting to be rendered. */
  readonly waiting: readonly string[];
};

const nothingRendered: Rendered = { rendered: 0, failures: [], waiting: [] };

/** Devices whose rendering takes longer, because something is fetched for them, do not keep the others waiting. */
const quickMs = 250;

/** @returns what came of those that were quick, and `rest` for what comes of the others, which never rejects */
async function render(
  deps: Deps,
  restore: string,
  inputs: readonly WantedRender[],
): Promise<Rendered & { rest: Promise<Rendered> }> {
  if (inputs.length === 0) return { ...nothingRendered, rest: Promise.resolve(nothingRendered) };
  const hashes = new Map<JsonObject, string>();
  const { done, late } = await settledWithin(
    quickMs,
    inputs.map((input) => prepare(deps.renderer, input, hashes)),
  );
  const rest = late.length === 0 ? Promise.resolve(nothingRendered) : commitLate(deps, restore, late);
  return { ...(await commit(deps, restore, done)), rest };
}

async function commitLate(deps: Deps, restore: string, late: readonly Promise<Prepared>[]): Promise<Rendered> {
  try {
    return await commit(deps, restore, await Promise.allSettled(late));
  } catch (error) {
    return { ...nothingRendered, failures: [error] };
  }
}

async function commit(
  deps: Deps,
  restore: string,
  tried: readonly PromiseSettledResult<Prepared>[],
): Promise<Rendered> {
  const prepared = tried.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failures = tried.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  const at = { restore, now: deps.clock.now() };
  const { news, unchanged, invalid, waiting } = await underLocksIfOvertaken(
    () => deps.database.transact((tx) => commitAsRead(tx, at, prepared)),
    () => deps.database.transact((tx) => commitUnderLocks(tx, at, prepared)),
  );
  const superseded = prepared.length - news.length - unchanged - invalid - waiting.length;
  const failed = failures.length + waiting.length;
  deps.observer.rendered({ rendered: news.length, unchanged, invalid, superseded, failed });
  deps.journal.rendered(news);
  if (news.length > 0) deps.bus.publish({ type: 'device-news', devices: news.map(({ device }) => device) });
  return { rendered: news.length, failures, waiting };
}

/** @param hashes those of specs that were rendered for others before, which many devices share */
async function prepare(
  renderer: SpecRenderer,
  input: WantedRender,
  hashes: Map<JsonObject, string>,
): Promise<Prepared> {
  const outcome = await renderInput(renderer, input);
  if (outcome === 'nothing' || !outcome.ok) return { input, outcome, hash: '' };
  const hash = hashes.get(outcome.spec) ?? specHash(outcome.spec);
  hashes.set(outcome.spec, hash);
  return { input, outcome, hash };
}

/** The positions that devices got, and how many others were dealt with; what is counted nowhere was overtaken. */
type Committed = {
  readonly news: readonly NewPosition[];
  readonly unchanged: number;
  readonly invalid: number;
  /** Why devices go on wanting to be rendered. */
  readonly waiting: readonly string[];
};

/** Commits it all or nothing, where all is still what it was rendered from. @throws RowsChanged if it is not */
async function commitAsRead(tx: Executor, at: At, prepared: readonly Prepared[]): Promise<Committed> {
  const rows = new Map(prepared.map(({ input }) => [input.name, input.row]));
  const held = holdThisRestore(tx, at.restore);
  const [committed] = await Promise.all([commitRendered(tx, rows, at, prepared), held]);
  return committed;
}

/** Looks again whether each device may still be rendered from what was read; then commits it all or nothing. */
async function commitUnderLocks(tx: Executor, at: At, prepared: readonly Prepared[]): Promise<Committed> {
  const { restore } = at;
  if ((await holdRestore(tx)) !== restore) return { news: [], unchanged: 0, invalid: 0, waiting: [] };
  const names = prepared.map(({ input }) => input.name);
  return await commitRendered(tx, await lockPositions(tx, names), at, prepared);
}

async function commitRendered(
  tx: Executor,
  rows: ReadonlyMap<string, PositionRow>,
  { restore, now }: At,
  prepared: readonly Prepared[],
): Promise<Committed> {
  const news: NewPosition[] = [];
  const positions: RenderedPosition[] = [];
  const specs = new Map<string, JsonObject>();
  const changedProblems: SpecProblem[] = [];
  const waiting: string[] = [];
  let invalid = 0;
  for (const { input, outcome, hash } of prepared) {
    const row = rows.get(input.name);
    if (row === undefined || !mayBeRendered(row, restore, input)) continue;
    const { server, reported } = row.state;
    const claimed = Math.max(reported?.version ?? 0, input.highestLost);
    const done = { row, renderedGeneration: input.row.wantedGeneration };
    const problem = outcome === 'nothing' || outcome.ok ? null : problemText(outcome.problems);
    if (problem !== input.specProblem) changedProblems.push({ name: input.name, problem });
    if (outcome === 'nothing') {
      positions.push({ ...done, server });
    } else if (!outcome.ok && outcome.mayPass === true) {
      waiting.push(problem ?? '');
    } else if (!outcome.ok) {
      invalid += 1;
      positions.push({ ...done, server });
    } else if (hash === server.specHash) {
      positions.push({ ...done, server });
    } else {
      specs.set(hash, outcome.spec);
      const moved = renderedPosition(server, claimed, restore, hash);
      positions.push({ ...done, server: moved });
      news.push({ device: input.name, server: moved, spec: outcome.spec });
    }
  }
  await Promise.all([
    saveRenderedSpecs(tx, specs, now),
    saveRenderedPositions(tx, positions),
    saveSpecProblems(tx, changedProblems, now),
    appendEvents(tx, specEvents(changedProblems), { restore, now }),
  ]);
  return { news, unchanged: positions.length - news.length - invalid, invalid, waiting };
}

/** Only from what is known of the last render: a render meanwhile has said anew if that could be done. */
function mayBeRendered(row: PositionRow, restore: string, input: WantedRender): boolean {
  return gateOf(row.state, restore) === 'Open' && row.renderedGeneration === input.row.renderedGeneration;
}

function specEvents(changed: readonly SpecProblem[]): NewEvent[] {
  return changed.map(({ name, problem }) => ({
    type: problem === null ? 'Normal' : 'Warning',
    reason: problem === null ? 'DeviceSpecValid' : 'DeviceSpecInvalid',
    involved: { kind: 'Device', name },
    message: problem === null ? 'The spec can be rendered again.' : `The spec cannot be rendered: ${problem}`,
    by: byService,
  }));
}

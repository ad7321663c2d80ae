import type { Clock } from '../time/clock.ts';
import type { Database, Executor } from '../db/client.ts';
import { readRolloutProblems } from '../db/device-problems.ts';
import { appendEvents } from '../db/event-log.ts';
import { currentRestore, holdRestore } from '../db/fence.ts';
import { holdFleets } from '../db/fleet-lock.ts';
import { findFleet, listFleetRules, listFleetsToRollOut, markRolledOut } from '../db/fleet-store.ts';
import { listDevicesNearFleet } from '../db/ownership-store.ts';
import { byService } from '../domain/event.ts';
import { ownerNamed } from '../domain/fleets/ownership.ts';
import { rolloutEvent, rolloutFailedEvent } from '../domain/resource-events.ts';
import type { TemplateRenderer } from '../domain/templates/template-renderer.ts';
import type { RenderHints } from '../queue/render-queue.ts';
import { reviewOwnership } from './steps/review-ownership.ts';

type Deps = { database: Database; clock: Clock; templates: TemplateRenderer; queue: RenderHints };
/** The restore that the work belongs to, and the fleet as it was when the work began. */
type Rollout = { readonly restore: string; readonly fleet: string; readonly generation: number };

/** Devices looked at in one transaction. */
const devicesPerBatch = 500;
const fleetsPerPage = 100;

/**
 * Brings a fleet's selector and template to its devices: decides anew who owns them and writes the template, filled in, into each.
 * If the template cannot be filled in for a device, the device keeps its spec and the others still get theirs. The work follows
 * from the state of the fleet, not from a message: a fleet that is rolled out or being deleted needs none, and what a killed process
 * left half done is finished. It stops if a restore is declared or the fleet changes meanwhile, since another rollout is due then.
 *
 * @returns how many devices want rendering because of it and may be rendered
 */
export async function rollOutFleet(
  deps: Deps,
  { restore, fleet }: { restore: string; fleet: string },
  signal?: AbortSignal,
): Promise<number> {
  const found = await findFleet(deps.database.pool, fleet);
  if (found === undefined || found.deletingSince !== null || found.rolledOutGeneration >= found.generation) return 0;
  const rollout = { restore, fleet, generation: found.generation };
  let wanted = 0;
  for (let after: string | undefined = ''; after !== undefined;) {
    if (signal?.aborted === true) return wanted;
    const from: string = after;
    const done = await deps.database.transact((tx) =>
      rollOutBatch(tx, rollout, from, { now: deps.clock.now(), templates: deps.templates }),
    );
    if (done === 'overtaken') return wanted;
    deps.queue.wantRendering(restore, done.wanting);
    wanted += done.wanting.length;
    after = done.next;
  }
  await deps.database.transact((tx) => complete(tx, rollout, deps.clock.now()));
  return wanted;
}

/** Rolls out all that is not: what no job remembered. @returns as rollOutFleet, over all fleets */
export async function rollOutPending(deps: Deps, signal: AbortSignal): Promise<number> {
  const restore = await currentRestore(deps.database.pool);
  let wanted = 0;
  for (let after = ''; !signal.aborted;) {
    const fleets = await listFleetsToRollOut(deps.database.pool, { after, limit: fleetsPerPage });
    const last = fleets.at(-1);
    if (last === undefined) break;
    for (const fleet of fleets) {
      wanted += await rollOutFleet(deps, { restore, fleet }, signal);
    }
    after = last;
  }
  return wanted;
}

async function rollOutBatch(
  tx: Executor,
  { restore, fleet, generation }: Rollout,
  after: string,
  { now, templates }: { now: Date; templates: TemplateRenderer },
): Promise<'overtaken' | { wanting: string[]; next: string | undefined }> {
  if ((await holdRestore(tx)) !== restore) return 'overtaken';
  await holdFleets(tx);
  const fleets = await listFleetRules(tx);
  const rule = fleets.find(({ name }) => name === fleet);
  if (rule === undefined || rule.generation !== generation) return 'overtaken';
  const names = await listDevicesNearFleet(tx, rule, { after, limit: devicesPerBatch });
  const wanting = await reviewOwnership(tx, names, { restore, now, templates, fleets, refresh: ownerNamed(fleet) });
  return { wanting, next: names.length < devicesPerBatch ? undefined : names.at(-1) };
}

async function complete(tx: Executor, { restore, fleet, generation }: Rollout, now: Date): Promise<void> {
  if ((await holdRestore(tx)) !== restore) return;
  await holdFleets(tx);
  if (!(await markRolledOut(tx, fleet, generation))) return;
  const problems = await readRolloutProblems(tx, fleet);
  const event =
    problems === undefined
      ? rolloutEvent(fleet, generation, 'Completed', byService)
      : rolloutFailedEvent(fleet, generation, problems, byService);
  await appendEvents(tx, [event], { restore, now });
}

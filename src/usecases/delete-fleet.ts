import type { Executor } from '../db/client.ts';
import { appendEvents } from '../db/event-log.ts';
import { holdFleets, lockFleets } from '../db/fleet-lock.ts';
import { findFleet, listFleetRules, listFleetsToDelete, markDeleting, removeFleet } from '../db/fleet-store.ts';
import { listDevicesOfFleet } from '../db/ownership-store.ts';
import { byService, type Origin } from '../domain/event.ts';
import { deletedEvent } from '../domain/resource-events.ts';
import type { TemplateRenderer } from '../domain/templates/template-renderer.ts';
import { deletedDocument } from '../domain/journal-facts/wanted-documents.ts';
import type { Journal } from '../journal/journal.ts';
import type { RenderHints } from '../queue/render-queue.ts';
import { noSuchFleet } from './read-fleet.ts';
import { inRestore, type At, type RestoreDeps } from './steps/in-restore.ts';
import { reviewOwnership } from './steps/review-ownership.ts';

type Deps = RestoreDeps & { templates: TemplateRenderer; queue: RenderHints; journal: Journal };

/** Devices that leave the fleet in one transaction. */
const devicesPerStep = 500;
const fleetsPerPage = 100;
/** Longest time for which a request deletes by itself. A worker goes on with what is left. */
const requestMs = 2_000;

/**
 * Deletes a fleet and gives its devices the owners that they have without it. A device that no other fleet matches keeps the
 * spec it has, as its own. A fleet of few devices is gone at once. One of many is marked: from then on it owns nothing anew and
 * nothing is rolled out from it, its devices leave it step by step, and it is gone when none is left, whoever goes on with that.
 *
 * @returns whether it is gone, or still being deleted
 * @throws MusterError 404
 */
export async function deleteFleet(
  deps: Deps,
  { name, by }: { name: string; by: Origin },
): Promise<'deleted' | 'deleting'> {
  const { restore, fleet, left, wanting } = await inRestore(deps, async (tx, at) => {
    await lockFleets(tx);
    const fleet = await findFleet(tx, name);
    if (fleet === undefined) throw noSuchFleet(name);
    await markDeleting(tx, name, { by, now: at.now });
    const names = await listDevicesOfFleet(tx, name, { after: '', limit: devicesPerStep + 1 });
    if (names.length > devicesPerStep) return { restore: at.restore, fleet, left: true, wanting: [] };
    const wanting = await release(tx, names, { ...at, templates: deps.templates });
    await remove(tx, name, at);
    return { restore: at.restore, fleet, left: false, wanting };
  });
  deps.journal.wanted(deletedDocument('Fleet', fleet, by));
  deps.queue.wantRendering(restore, wanting);
  if (!left) return 'deleted';
  if (await finishDeletion(deps, name, AbortSignal.timeout(requestMs))) return 'deleted';
  deps.queue.wantRollout(restore, name);
  return 'deleting';
}

/**
 * Goes on with the deletion of a fleet. Level, not edge: it takes up what a killed process left half done, and does nothing for a
 * fleet that is gone or not to be deleted.
 *
 * @returns false if it was told to stop before the fleet was gone
 */
export async function finishDeletion(deps: Deps, name: string, signal: AbortSignal): Promise<boolean> {
  for (let after = ''; !signal.aborted;) {
    const from = after;
    const step = await inRestore(deps, async (tx, at) => {
      await holdFleets(tx);
      if (!(await isDeleting(tx, name))) return undefined;
      const names = await listDevicesOfFleet(tx, name, { after: from, limit: devicesPerStep });
      const wanting = await release(tx, names, { ...at, templates: deps.templates });
      return { restore: at.restore, wanting, last: names.at(-1) };
    });
    if (step === undefined) return true;
    deps.queue.wantRendering(step.restore, step.wanting);
    if (step.last === undefined && (await removeWithoutDevices(deps, name))) return true;
    after = step.last ?? '';
  }
  return false;
}

/** Goes on with all deletions of fleets: what no job remembered. */
export async function finishDeletions(deps: Deps, signal: AbortSignal): Promise<void> {
  for (let after = ''; !signal.aborted;) {
    const fleets = await listFleetsToDelete(deps.database.pool, { after, limit: fleetsPerPage });
    const last = fleets.at(-1);
    if (last === undefined) return;
    for (const fleet of fleets) await finishDeletion(deps, fleet, signal);
    after = last;
  }
}

async function isDeleting(tx: Executor, name: string): Promise<boolean> {
  const fleet = await findFleet(tx, name);
  return fleet !== undefined && fleet.deletingSince !== null;
}

/** Gives devices the owners that they have without the fleets that are being deleted. The fleets must be held or locked. */
async function release(
  tx: Executor,
  names: readonly string[],
  at: At & { readonly templates: TemplateRenderer },
): Promise<string[]> {
  if (names.length === 0) return [];
  return await reviewOwnership(tx, names, { ...at, fleets: await listFleetRules(tx), cause: 'FleetDeleted' });
}

/** @returns false if a device belongs to the fleet again: a restored backup, or rows that were put in by hand */
async function removeWithoutDevices(deps: Deps, name: string): Promise<boolean> {
  return await inRestore(deps, async (tx, at) => {
    await lockFleets(tx);
    if (!(await isDeleting(tx, name))) return true;
    const left = await listDevicesOfFleet(tx, name, { after: '', limit: 1 });
    if (left.length > 0) return false;
    await remove(tx, name, at);
    return true;
  });
}

/** The fleets must be locked. */
async function remove(tx: Executor, name: string, at: At): Promise<void> {
  const by = (await removeFleet(tx, name)) ?? byService;
  await appendEvents(tx, [deletedEvent({ kind: 'Fleet', name }, by)], at);
}

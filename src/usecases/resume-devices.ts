import type { Clock } from '../time/clock.ts';
import type { Database } from '../db/client.ts';
import { deviceSelection } from '../db/device-selection.ts';
import { appendEvents } from '../db/event-log.ts';
import { holdRestore, openSnapshot } from '../db/fence.ts';
import { holdFleets } from '../db/fleet-lock.ts';
import { countForRestore } from '../db/restore-counters.ts';
import {
  adoptPaused,
  listAdoptable,
  previewPaused,
  resumePaused,
  type PausedSelection,
  type SomeDevices,
} from '../db/resume-store.ts';
import { limits } from '../domain/resources/limits.ts';
import { settlingEvent } from '../domain/recovery/restore-events.ts';
import { parseActionSelectors, type ActionSelectors } from '../domain/selectors/action-selectors.ts';
import { deviceFields } from '../domain/selectors/resource-fields.ts';
import type { RenderHints } from '../queue/render-queue.ts';
import type { Origin } from '../domain/event.ts';

type Deps = {
  database: Database;
  clock: Clock;
  queue: RenderHints;
  config: { disconnectedAfterMs: number };
};

/** Which paused devices a person decides about, and why. */
export type DeviceAction = {
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** Only says whom it would change. */
  readonly dryRun?: boolean | undefined;
  readonly reason?: string | undefined;
  /** At most so many, in name order. */
  readonly limit?: number | undefined;
  readonly by: Origin;
};

/**
 * Lets the restored spec win over conflicted devices: those that match and are paused when this commits, exactly
 * (invariant S5). In a dry run nothing is changed.
 *
 * @returns which they are, and for which of them no spec is here, so that nothing is sent to them
 * @throws MusterError 400 for selectors that are empty, blank or do not parse: that never means "all"
 */
export async function resumeDevices(
  deps: Deps,
  action: DeviceAction,
): Promise<SomeDevices & { nothingToSend: SomeDevices }> {
  const selectors = parseActionSelectors(action, deviceFields);
  if (action.dryRun === true) {
    return await deps.database.transact(async (tx) => {
      const restore = await openSnapshot(tx);
      return await previewPaused(tx, selection(deps, selectors, action, restore), limits.listedDeviceCount);
    });
  }
  const { restore, names, nothingToSend } = await deps.database.transact(async (tx) => {
    const restore = await holdRestore(tx);
    const now = deps.clock.now();
    const { names, nothingToSend } = await resumePaused(tx, selection(deps, selectors, action, restore), {
      by: action.by,
      reason: action.reason,
      now,
    });
    const { settling } = await countForRestore(
      tx,
      restore,
      { conflictPaused: -names.length, resumed: names.length },
      { now },
    );
    if (settling !== undefined) await appendEvents(tx, [settlingEvent(restore, settling)], { restore, now });
    return { restore, names, nothingToSend };
  });
  wakeUp(deps, restore, names);
  return { ...firstOf(names), nothingToSend: firstOf(nothingToSend) };
}

const firstOf = (names: readonly string[]): SomeDevices => ({
  count: names.length,
  names: names.slice(0, limits.listedDeviceCount),
});

/**
 * Lets conflicted devices' own specs win: they become the ones in force. Devices whose spec is not known stay paused.
 *
 * @returns which were adopted, which of those run nothing, so that nothing is sent to them either, and the names of those
 * whose spec is not known
 */
export async function adoptDevices(
  deps: Deps,
  action: DeviceAction,
): Promise<{ names: string[]; nothingToSend: string[]; withoutSpec: string[] }> {
  const selectors = parseActionSelectors(action, deviceFields);
  const { restore, names, nothingToSend, withoutSpec } = await deps.database.transact(async (tx) => {
    const restore = await holdRestore(tx);
    // Adopting decides against the template that the fleet has: not one that is just being written.
    await holdFleets(tx);
    const now = deps.clock.now();
    const chosen = await listAdoptable(tx, selection(deps, selectors, action, restore));
    const { withSpec, nothingToSend, withoutSpec } = chosen;
    if (action.dryRun === true) return { restore, names: withSpec, nothingToSend, withoutSpec };
    const record = { by: action.by, reason: action.reason, now };
    const { names } = await adoptPaused(tx, { restore, names: withSpec }, record);
    const { settling } = await countForRestore(
      tx,
      restore,
      { conflictPaused: -names.length, adopted: names.length },
      { now },
    );
    if (settling !== undefined) await appendEvents(tx, [settlingEvent(restore, settling)], { restore, now });
    return { restore, names, nothingToSend, withoutSpec };
  });
  if (action.dryRun !== true) wakeUp(deps, restore, names);
  return { names, nothingToSend, withoutSpec };
}

function selection(deps: Deps, selectors: ActionSelectors, action: DeviceAction, restore: string): PausedSelection {
  const view = { restore, now: deps.clock.now(), disconnectedAfterMs: deps.config.disconnectedAfterMs };
  return { restore, where: deviceSelection(selectors, view), limit: action.limit };
}

/** After the commit: if the process dies before this, the sweep finds the devices all the same. */
function wakeUp(deps: Deps, restore: string, names: readonly string[]): void {
  if (names.length > 0) deps.queue.wantRendering(restore, names);
}

import { deviceSelection } from '../db/device-selection.ts';
import { holdFleets } from '../db/fleet-lock.ts';
import {
  adoptPaused,
  listAdoptable,
  previewPaused,
  resumePaused,
  type PausedSelection,
  type SomeDevices,
} from '../db/resume-store.ts';
import { findDevices } from '../db/device-store.ts';
import { limits } from '../domain/resources/limits.ts';
import { parseActionSelectors, type ActionSelectors } from '../domain/selectors/action-selectors.ts';
import { deviceFields } from '../domain/selectors/resource-fields.ts';
import { deviceDocument } from '../domain/devices/device-document.ts';
import { wantedDocument } from '../domain/journal-facts/wanted-documents.ts';
import type { Journal } from '../journal/journal.ts';
import type { RenderHints } from '../queue/render-queue.ts';
import type { Origin } from '../domain/event.ts';
import { inOneView, inRestore, inView, viewAt, type ViewDeps } from './steps/in-restore.ts';
import { countAndSettle } from './steps/count-devices.ts';
import type { Viewpoint } from '../domain/devices/device-record.ts';

type Deps = ViewDeps & { readonly queue: RenderHints; readonly journal: Journal };

/** Paused devices that a person decides about, and why. */
export type DeviceAction = {
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** True to list the devices that the action would change, and change none. */
  readonly dryRun?: boolean | undefined;
  readonly reason?: string | undefined;
  /** Most devices to change, in name order. */
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
    return await inView(deps, async (tx, view) => {
      return await previewPaused(tx, selection(selectors, action, view), limits.listedDeviceCount);
    });
  }
  const { restore, names, nothingToSend } = await inRestore(deps, async (tx, { restore, now }) => {
    const chosen = selection(selectors, action, viewAt(deps, restore, now));
    const { names, nothingToSend } = await resumePaused(tx, chosen, { by: action.by, reason: action.reason, now });
    await countAndSettle(tx, { conflictPaused: -names.length, resumed: names.length }, { restore, now });
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
  const { restore, names, nothingToSend, withoutSpec } = await inRestore(deps, async (tx, { restore, now }) => {
    // Adopting decides against the template that the fleet has: not one that is just being written.
    await holdFleets(tx);
    const chosen = selection(selectors, action, viewAt(deps, restore, now));
    const { withSpec, nothingToSend, withoutSpec } = await listAdoptable(tx, chosen);
    if (action.dryRun === true) return { restore, names: withSpec, nothingToSend, withoutSpec };
    const record = { by: action.by, reason: action.reason, now };
    const { names } = await adoptPaused(tx, { restore, names: withSpec }, record);
    await countAndSettle(tx, { conflictPaused: -names.length, adopted: names.length }, { restore, now });
    return { restore, names, nothingToSend, withoutSpec };
  });
  if (action.dryRun !== true) {
    noteAdopted(deps, names, action.by);
    wakeUp(deps, restore, names);
  }
  return { names, nothingToSend, withoutSpec };
}

function selection(selectors: ActionSelectors, { limit }: DeviceAction, view: Viewpoint): PausedSelection {
  return { restore: view.restore, where: deviceSelection(selectors, view), limit };
}

/** After the commit: if the process dies before this, the sweep finds the devices all the same. */
function wakeUp(deps: Deps, restore: string, names: readonly string[]): void {
  if (names.length > 0) deps.queue.wantRendering(restore, names);
}

/** Devices whose documents are read together. */
const notedTogether = 200;

/** Tells the journal of the specs that are in force by an adoption, beside everything else. What cannot be read is not in it. */
function noteAdopted(deps: Deps, names: readonly string[], by: Origin): void {
  if (!deps.journal.isKept) return;
  const note = async () => {
    for (let from = 0; from < names.length; from += notedTogether) {
      const among = names.slice(from, from + notedTogether);
      const { found, view } = await inOneView(deps, (db) => findDevices(db, among));
      for (const record of found.records) deps.journal.wanted(wantedDocument(deviceDocument(record, view), by));
    }
  };
  note().catch(() => undefined);
}

import { readDeviceCounting, readKeptFleetSummaries, readKeptSummary } from '../db/device-count-store.ts';
import type { Executor } from '../db/client.ts';
import { deviceSelection } from '../db/device-selection.ts';
import { summariseDevices as countStates, summariseFleets as countStatesOfFleets } from '../db/device-summary.ts';
import type { Viewpoint } from '../domain/devices/device-record.ts';
import type { DevicesSummary } from '../domain/resources/devices-summary.ts';
import { parseListSelectors, selectsEverything, type GivenSelectors } from '../domain/selectors/list-selectors.ts';
import { deviceFields } from '../domain/selectors/resource-fields.ts';
import { ageOfCounts, countedAtOnce } from './keep-device-counts.ts';
import { inView, type ViewDeps } from './steps/in-restore.ts';

/** A summary, and the age of its numbers in milliseconds; undefined where they were counted now. */
type Summarised = { readonly summary: DevicesSummary; readonly ageMs: number | undefined };

/**
 * Counts the devices that match by their states. All devices of a large fleet are not counted for this: their numbers are those
 * that were kept last.
 *
 * @throws MusterError 400 for a selector that does not parse
 */
export async function summariseDevices(deps: ViewDeps, given: GivenSelectors): Promise<Summarised> {
  const selectors = parseListSelectors(given, deviceFields);
  return await inView(deps, async (tx, view) => {
    const ageMs = selectsEverything(selectors) ? ageOfCounts(await readDeviceCounting(tx), view.now) : undefined;
    if (ageMs !== undefined) return { summary: await readKeptSummary(tx), ageMs };
    return { summary: await countStates(tx, deviceSelection(selectors, view), view), ageMs };
  });
}

/** Counts the devices of each fleet by their states, by its name: those of many devices as they were last counted. */
export async function summariseFleets(
  tx: Executor,
  fleets: readonly string[],
  view: Viewpoint,
): Promise<Map<string, DevicesSummary>> {
  if (ageOfCounts(await readDeviceCounting(tx), view.now) !== undefined) {
    const kept = await readKeptFleetSummaries(tx, fleets);
    const devices = [...kept.values()].reduce((sum, { total }) => sum + total, 0);
    if (devices > countedAtOnce) return kept;
  }
  return await countStatesOfFleets(tx, fleets, view);
}

import type { Clock } from '../time/clock.ts';
import type { Database } from '../db/client.ts';
import { deviceSelection } from '../db/device-selection.ts';
import { summariseDevices as countStates } from '../db/device-summary.ts';
import { openSnapshot } from '../db/fence.ts';
import type { DevicesSummary } from '../domain/resources/devices-summary.ts';
import { parseListSelectors, type GivenSelectors } from '../domain/selectors/list-selectors.ts';
import { deviceFields } from '../domain/selectors/resource-fields.ts';

/**
 * How many of the devices that match are in each state.
 *
 * @throws MusterError 400 for a selector that does not parse
 */
export async function summariseDevices(
  { database, clock, config }: { database: Database; clock: Clock; config: { disconnectedAfterMs: number } },
  given: GivenSelectors,
): Promise<DevicesSummary> {
  const selectors = parseListSelectors(given, deviceFields);
  return await database.transact(async (tx) => {
    const restore = await openSnapshot(tx);
    const view = { restore, now: clock.now(), disconnectedAfterMs: config.disconnectedAfterMs };
    return await countStates(tx, deviceSelection(selectors, view), view);
  });
}

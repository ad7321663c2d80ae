import type { Clock } from '../time/clock.ts';
import type { Database } from '../db/client.ts';
import { deviceSelection } from '../db/device-selection.ts';
import { listDeviceLabels } from '../db/device-store.ts';
import { openSnapshot } from '../db/fence.ts';
import { parseListSelectors, type GivenSelectors } from '../domain/selectors/list-selectors.ts';
import { deviceFields } from '../domain/selectors/resource-fields.ts';

/**
 * The distinct labels of the devices that match, as `key=value`, sorted.
 *
 * @throws MusterError 400 for a selector that does not parse
 */
export async function listLabels(
  { database, clock, config }: { database: Database; clock: Clock; config: { disconnectedAfterMs: number } },
  given: GivenSelectors,
  { limit }: { limit: number },
): Promise<string[]> {
  const selectors = parseListSelectors(given, deviceFields);
  return await database.transact(async (tx) => {
    const restore = await openSnapshot(tx);
    const view = { restore, now: clock.now(), disconnectedAfterMs: config.disconnectedAfterMs };
    return await listDeviceLabels(tx, { where: deviceSelection(selectors, view), limit });
  });
}

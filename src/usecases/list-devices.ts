import type { Clock } from '../time/clock.ts';
import type { Database } from '../db/client.ts';
import { deviceSelection } from '../db/device-selection.ts';
import { listDevices as listRecords } from '../db/device-store.ts';
import { countDevicesAfter } from '../db/device-summary.ts';
import { openSnapshot } from '../db/fence.ts';
import { deviceDocument } from '../domain/devices/device-document.ts';
import { cutPage, type Page } from '../domain/page.ts';
import type { Device } from '../domain/resources/device.ts';
import { parseListSelectors, selectsEverything, type GivenSelectors } from '../domain/selectors/list-selectors.ts';
import { deviceFields } from '../domain/selectors/resource-fields.ts';

/**
 * A page of devices in name order.
 *
 * @throws MusterError 400 for a selector that does not parse
 */
export async function listDevices(
  { database, clock, config }: { database: Database; clock: Clock; config: { disconnectedAfterMs: number } },
  given: GivenSelectors,
  { limit, after }: { limit: number; after: string | undefined },
): Promise<Page<Device, string>> {
  const selectors = parseListSelectors(given, deviceFields);
  return await database.transact(async (tx) => {
    const restore = await openSnapshot(tx);
    const view = { restore, now: clock.now(), disconnectedAfterMs: config.disconnectedAfterMs };
    const found = await listRecords(tx, { where: deviceSelection(selectors, view), after, limit: limit + 1 });
    const { shown, next } = cutPage(found, limit, ({ name }) => name);
    const counts = next !== undefined && selectsEverything(selectors);
    const remaining = counts ? await countDevicesAfter(tx, next) : undefined;
    return { items: shown.map((record) => deviceDocument(record, view)), next, remaining };
  });
}

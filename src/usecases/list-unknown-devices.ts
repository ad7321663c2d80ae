import type { Database } from '../db/client.ts';
import { pageOfUnknownDevices } from '../db/unknown-device-store.ts';
import type { UnknownDevice } from '../domain/resources/unknown-device.ts';
import { readRestore } from './read-restores.ts';
import { cutPage, type Page } from '../domain/page.ts';

/** The place in the list after which a page begins. */
type UnknownDeviceKey = { readonly name: string };

/** A page of the devices that spoke during a restore although the database did not know them, in name order. */
export async function listUnknownDevices(
  deps: { database: Database },
  restore: string,
  { limit, after }: { limit: number; after: UnknownDeviceKey | undefined },
): Promise<Page<UnknownDevice, UnknownDeviceKey>> {
  const { metadata } = await readRestore(deps, restore);
  const range = { restore: metadata.name, after: after?.name, limit: limit + 1 };
  const found = await pageOfUnknownDevices(deps.database.pool, range);
  const { shown, next } = cutPage(found, limit, ({ name }) => ({ name }));
  const items = shown.map(({ name, firstSeen, lastSeen, claimed }) => ({
    name,
    firstSeen: firstSeen.toISOString(),
    lastSeen: lastSeen.toISOString(),
    reported: { timeline: claimed.timeline, renderedVersion: String(claimed.version), specHash: claimed.specHash },
  }));
  return { items, next, remaining: undefined };
}

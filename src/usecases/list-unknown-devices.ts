import type { Database } from '../db/client.ts';
import { pageOfUnknownDevices } from '../db/unknown-device-store.ts';
import type { UnknownDevice } from '../domain/resources/unknown-device.ts';
import { readRestore } from './read-restores.ts';

/** A page of the devices that spoke during a restore although the database did not know them, in name order. */
export async function listUnknownDevices(
  deps: { database: Database },
  restore: string,
  { limit, after }: { limit: number; after: string | undefined },
): Promise<{ items: UnknownDevice[]; next: string | undefined }> {
  const { metadata } = await readRestore(deps, restore);
  const records = await pageOfUnknownDevices(deps.database.pool, { restore: metadata.name, after, limit: limit + 1 });
  const shown = records.slice(0, limit);
  const items = shown.map(({ name, firstSeen, lastSeen, claimed }) => ({
    name,
    firstSeen: firstSeen.toISOString(),
    lastSeen: lastSeen.toISOString(),
    reported: { timeline: claimed.timeline, renderedVersion: String(claimed.version), specHash: claimed.specHash },
  }));
  return { items, next: records.length > limit ? shown.at(-1)?.name : undefined };
}

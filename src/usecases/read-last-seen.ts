import type { Database } from '../db/client.ts';
import { findDevice } from '../db/device-store.ts';
import { noSuchDevice } from './read-device.ts';

/** When a device was last heard of; undefined if it never was. @throws MusterError 404 */
export async function readLastSeen({ database }: { database: Database }, name: string): Promise<Date | undefined> {
  const device = await findDevice(database.pool, name);
  if (device === undefined) throw noSuchDevice(name);
  return device.lastSeen ?? undefined;
}

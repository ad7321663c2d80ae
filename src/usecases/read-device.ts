import type { Database, Executor } from '../db/client.ts';
import { findDevice } from '../db/device-store.ts';
import { deviceDocument } from '../domain/devices/device-document.ts';
import type { Viewpoint } from '../domain/devices/device-record.ts';
import { notFound, type MusterError } from '../domain/errors.ts';
import type { Device } from '../domain/resources/device.ts';
import { inView, type ViewDeps } from './steps/in-restore.ts';

/** A device as it stands. @throws MusterError 404 */
export async function readDevice(deps: ViewDeps, name: string): Promise<Device> {
  return await inView(deps, async (tx, view) => await documentOf(tx, name, view));
}

/** Reads the time of a device's last report; undefined if it never reported. @throws MusterError 404 */
export async function readLastSeen({ database }: { database: Database }, name: string): Promise<Date | undefined> {
  const device = await findDevice(database.pool, name);
  if (device === undefined) throw noSuchDevice(name);
  return device.lastSeen ?? undefined;
}

/** A device as a transaction sees it. @throws MusterError 404 */
export async function documentOf(tx: Executor, name: string, view: Viewpoint): Promise<Device> {
  const device = await findDevice(tx, name);
  if (device === undefined) throw noSuchDevice(name);
  return deviceDocument(device, view);
}

export function noSuchDevice(name: string): MusterError {
  return notFound(`there is no device ${name}`);
}

import { lockDevice, removeDevice } from '../db/device-writes.ts';
import { removeApprovedRequest } from '../db/enrollment-request-store.ts';
import { appendEvents } from '../db/event-log.ts';
import { pruneSigningRequests } from '../db/signing-request-store.ts';
import { requestOwner } from '../domain/certificates/signing-request.ts';
import { deletedDocument } from '../domain/journal-facts/wanted-documents.ts';
import type { Journal } from '../journal/journal.ts';
import { deletedEvent } from '../domain/resource-events.ts';
import { countOutDevice } from './steps/count-devices.ts';
import { noSuchDevice } from './read-device.ts';
import type { Origin } from '../domain/event.ts';
import { inRestore, type RestoreDeps } from './steps/in-restore.ts';

/**
 * Deletes a device, and the enrollment request that it came of, so that it may ask anew. One that is awaited or paused is
 * written off by it, which may settle the restore.
 *
 * @throws MusterError 404
 */
export async function deleteDevice(
  deps: RestoreDeps & { readonly journal: Journal },
  { name, by }: { name: string; by: Origin },
): Promise<void> {
  const deleted = await inRestore(deps, async (tx, at) => {
    const device = await lockDevice(tx, name);
    if (device === undefined) throw noSuchDevice(name);
    await removeDevice(tx, name);
    await pruneSigningRequests(tx, requestOwner(name), 0);
    const events = [deletedEvent({ kind: 'Device', name }, by)];
    const request = await removeApprovedRequest(tx, name);
    if (request !== undefined) events.push(deletedEvent({ kind: 'EnrollmentRequest', name }, by));
    await appendEvents(tx, events, at);
    await countOutDevice(tx, device.state, at);
    return { device, request };
  });
  deps.journal.wanted(deletedDocument('Device', deleted.device, by));
  if (deleted.request !== undefined) {
    deps.journal.wanted(deletedDocument('EnrollmentRequest', deleted.request, by));
  }
}

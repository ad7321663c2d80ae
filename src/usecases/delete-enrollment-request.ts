import { findDevice } from '../db/device-store.ts';
import { lockEnrollmentRequest, removeEnrollmentRequest } from '../db/enrollment-request-store.ts';
import { appendEvents } from '../db/event-log.ts';
import { conflict } from '../domain/errors.ts';
import { deletedEvent } from '../domain/resource-events.ts';
import { noSuchEnrollmentRequest } from './read-enrollment-request.ts';
import type { Origin } from '../domain/event.ts';
import { inRestore, type RestoreDeps } from './steps/in-restore.ts';

/**
 * Deletes an enrollment request, so that its device may ask anew.
 *
 * @throws MusterError 404; 409 while there is the device that came of it: its request goes with the device
 */
export async function deleteEnrollmentRequest(
  deps: RestoreDeps,
  { name, by }: { name: string; by: Origin },
): Promise<void> {
  await inRestore(deps, async (tx, at) => {
    const known = await lockEnrollmentRequest(tx, name);
    if (known === undefined) throw noSuchEnrollmentRequest(name);
    if (known.approval?.approved === true && (await findDevice(tx, name)) !== undefined) {
      throw conflict(`enrollment request ${name} has become device ${name}: delete that, and the request goes with it`);
    }
    await removeEnrollmentRequest(tx, name);
    await appendEvents(tx, [deletedEvent({ kind: 'EnrollmentRequest', name }, by)], at);
  });
}

import type { Clock } from '../time/clock.ts';
import type { Database } from '../db/client.ts';
import { findDevice } from '../db/device-store.ts';
import { lockEnrollmentRequest, removeEnrollmentRequest } from '../db/enrollment-request-store.ts';
import { appendEvents } from '../db/event-log.ts';
import { holdRestore } from '../db/fence.ts';
import { conflict } from '../domain/errors.ts';
import { deletedEvent } from '../domain/resource-events.ts';
import { noSuchEnrollmentRequest } from './read-enrollment-request.ts';
import type { Origin } from '../domain/event.ts';

/**
 * Deletes an enrollment request, so that its device may ask anew.
 *
 * @throws MusterError 404; 409 while there is the device that came of it: its request goes with the device
 */
export async function deleteEnrollmentRequest(
  { database, clock }: { database: Database; clock: Clock },
  { name, by }: { name: string; by: Origin },
): Promise<void> {
  await database.transact(async (tx) => {
    const restore = await holdRestore(tx);
    const known = await lockEnrollmentRequest(tx, name);
    if (known === undefined) throw noSuchEnrollmentRequest(name);
    if (known.approval?.approved === true && (await findDevice(tx, name)) !== undefined) {
      throw conflict(`enrollment request ${name} has become device ${name}: delete that, and the request goes with it`);
    }
    await removeEnrollmentRequest(tx, name);
    const deleted = deletedEvent({ kind: 'EnrollmentRequest', name }, by);
    await appendEvents(tx, [deleted], { restore, now: clock.now() });
  });
}

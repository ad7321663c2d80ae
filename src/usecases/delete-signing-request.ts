import type { Clock } from '../time/clock.ts';
import type { Database } from '../db/client.ts';
import { appendEvents } from '../db/event-log.ts';
import { holdRestore } from '../db/fence.ts';
import { lockSigningRequest, removeSigningRequest } from '../db/signing-request-store.ts';
import { deletedEvent } from '../domain/resource-events.ts';
import { noSuchSigningRequest } from './read-signing-request.ts';
import type { Origin } from '../domain/event.ts';

/** Deletes a certificate signing request. A certificate that was issued holds until it expires. @throws MusterError 404 */
export async function deleteSigningRequest(
  { database, clock }: { database: Database; clock: Clock },
  { name, by }: { name: string; by: Origin },
): Promise<void> {
  await database.transact(async (tx) => {
    const restore = await holdRestore(tx);
    if ((await lockSigningRequest(tx, name)) === undefined) throw noSuchSigningRequest(name);
    await removeSigningRequest(tx, name);
    const deleted = deletedEvent({ kind: 'CertificateSigningRequest', name }, by);
    await appendEvents(tx, [deleted], { restore, now: clock.now() });
  });
}

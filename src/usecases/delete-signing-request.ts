import { appendEvents } from '../db/event-log.ts';
import { lockSigningRequest, removeSigningRequest } from '../db/signing-request-store.ts';
import { deletedEvent } from '../domain/resource-events.ts';
import { noSuchSigningRequest } from './read-signing-request.ts';
import type { Origin } from '../domain/event.ts';
import { inRestore, type RestoreDeps } from './steps/in-restore.ts';

/** Deletes a certificate signing request. A certificate that was issued holds until it expires. @throws MusterError 404 */
export async function deleteSigningRequest(
  deps: RestoreDeps,
  { name, by }: { name: string; by: Origin },
): Promise<void> {
  await inRestore(deps, async (tx, at) => {
    if ((await lockSigningRequest(tx, name)) === undefined) throw noSuchSigningRequest(name);
    await removeSigningRequest(tx, name);
    await appendEvents(tx, [deletedEvent({ kind: 'CertificateSigningRequest', name }, by)], at);
  });
}

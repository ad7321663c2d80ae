import type { Database } from '../db/client.ts';
import { findEnrollmentRequest } from '../db/enrollment-request-store.ts';
import { openSnapshot } from '../db/fence.ts';
import { enrollmentRequestDocument } from '../domain/enrollment/enrollment-request-document.ts';
import { notFound, type MusterError } from '../domain/errors.ts';
import type { EnrollmentRequest } from '../domain/resources/enrollment-request.ts';

/** An enrollment request as it stands. @throws MusterError 404 */
export async function readEnrollmentRequest(
  { database }: { database: Database },
  name: string,
): Promise<EnrollmentRequest> {
  return await database.transact(async (tx) => {
    const restore = await openSnapshot(tx);
    const request = await findEnrollmentRequest(tx, name);
    if (request === undefined) throw noSuchEnrollmentRequest(name);
    return enrollmentRequestDocument(request, restore);
  });
}

export function noSuchEnrollmentRequest(name: string): MusterError {
  return notFound(`there is no enrollment request ${name}`);
}

import type { Clock } from '../time/clock.ts';
import type { Database } from '../db/client.ts';
import { lockEnrollmentRequest } from '../db/enrollment-request-store.ts';
import { holdRestore } from '../db/fence.ts';
import { enrollmentRequestDocument } from '../domain/enrollment/enrollment-request-document.ts';
import { desiredEnrollmentRequest } from '../domain/enrollment/enrollment-request-edit.ts';
import { badRequest, conflict } from '../domain/errors.ts';
import { assertExpectedVersion } from '../domain/expected-version.ts';
import type { EnrollmentRequest, EnrollmentRequestRequest } from '../domain/resources/enrollment-request.ts';
import { enterEnrollmentRequest } from './create-enrollment-request.ts';
import { editEnrollmentRequest } from './steps/edit-enrollment-request.ts';
import type { Origin } from '../domain/event.ts';

/**
 * Puts an enrollment request in the place of the one of that name, or creates it.
 *
 * @returns the request, and whether it was created
 * @throws MusterError 400 if the document names another request or its known version is none; 409 if the request has
 * changed since it was read, or has been answered
 */
export async function replaceEnrollmentRequest(
  { database, clock }: { database: Database; clock: Clock },
  { name, request, by }: { name: string; request: EnrollmentRequestRequest; by: Origin },
): Promise<{ document: EnrollmentRequest; created: boolean }> {
  if (request.metadata.name !== undefined && request.metadata.name !== name) {
    throw badRequest(
      `metadata.name: expected ${name}, the enrollment request in the path, found ${request.metadata.name}`,
    );
  }
  const desired = desiredEnrollmentRequest(request);
  return await database.transact(async (tx) => {
    const restore = await holdRestore(tx);
    const at = { restore, now: clock.now(), by };
    const known = await lockEnrollmentRequest(tx, name);
    if (known !== undefined) {
      assertExpectedVersion(request.metadata.resourceVersion, { kind: 'enrollment request', ...known });
      const edited = await editEnrollmentRequest(tx, known, desired, at);
      return { document: enrollmentRequestDocument(edited, restore), created: false };
    }
    const entered = await enterEnrollmentRequest(tx, { name, desired }, at);
    if (entered === undefined) {
      throw conflict(`enrollment request ${name} was created by somebody else at the same time`);
    }
    return { document: enrollmentRequestDocument(entered, restore), created: true };
  });
}

import { lockEnrollmentRequest } from '../db/enrollment-request-store.ts';
import { enrollmentRequestDocument } from '../domain/enrollment/enrollment-request-document.ts';
import { desiredEnrollmentRequest } from '../domain/enrollment/enrollment-request-edit.ts';
import { conflict } from '../domain/errors.ts';
import { assertExpectedVersion } from '../domain/expected-version.ts';
import type { EnrollmentRequest, EnrollmentRequestRequest } from '../domain/resources/enrollment-request.ts';
import { enterEnrollmentRequest } from './create-enrollment-request.ts';
import { editEnrollmentRequest } from './steps/edit-enrollment-request.ts';
import type { Origin } from '../domain/event.ts';
import { inRestore, type RestoreDeps } from './steps/in-restore.ts';
import { assertNamedAsPath } from '../domain/resource-name.ts';

/**
 * Puts an enrollment request in the place of the one of that name, or creates it.
 *
 * @returns the request, and whether it was created
 * @throws MusterError 400 if the document names another request or its known version is none; 409 if the request has
 * changed since it was read, or has been answered
 */
export async function replaceEnrollmentRequest(
  deps: RestoreDeps,
  { name, request, by }: { name: string; request: EnrollmentRequestRequest; by: Origin },
): Promise<{ document: EnrollmentRequest; created: boolean }> {
  assertNamedAsPath(request, name, 'enrollment request');
  const desired = desiredEnrollmentRequest(request);
  return await inRestore(deps, async (tx, { restore, now }) => {
    const at = { restore, now, by };
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

import { lockEnrollmentRequest } from '../db/enrollment-request-store.ts';
import { assertServiceAnnotationsKept } from '../domain/devices/device-edit.ts';
import { enrollmentRequestDocument } from '../domain/enrollment/enrollment-request-document.ts';
import { desiredEnrollmentRequest } from '../domain/enrollment/enrollment-request-edit.ts';
import { patchedRequest } from '../domain/resource-patch.ts';
import { enrollmentRequestRequestSchema, type EnrollmentRequest } from '../domain/resources/enrollment-request.ts';
import type { PatchRequest } from '../domain/resources/patch-request.ts';
import { editEnrollmentRequest } from './steps/edit-enrollment-request.ts';
import { noSuchEnrollmentRequest } from './read-enrollment-request.ts';
import type { Origin } from '../domain/event.ts';
import { inRestore, type RestoreDeps } from './steps/in-restore.ts';

/**
 * Applies a JSON Patch to an enrollment request as it is shown.
 *
 * @throws MusterError 400 for an operation that cannot be applied, that changes what only the service does, or whose
 * result is no enrollment request; 404 if there is no such request; 409 if it has been answered
 */
export async function patchEnrollmentRequest(
  deps: RestoreDeps,
  { name, patch, by }: { name: string; patch: PatchRequest; by: Origin },
): Promise<EnrollmentRequest> {
  return await inRestore(deps, async (tx, at) => {
    const known = await lockEnrollmentRequest(tx, name);
    if (known === undefined) throw noSuchEnrollmentRequest(name);
    const shown = enrollmentRequestDocument(known, at.restore);
    const patched = patchedRequest(shown, patch, enrollmentRequestRequestSchema, 'the patched enrollment request');
    assertServiceAnnotationsKept(shown, patched);
    const edited = await editEnrollmentRequest(tx, known, desiredEnrollmentRequest(patched), { ...at, by });
    return enrollmentRequestDocument(edited, at.restore);
  });
}

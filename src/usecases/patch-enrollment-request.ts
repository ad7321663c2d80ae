import type { Clock } from '../time/clock.ts';
import type { Database } from '../db/client.ts';
import { lockEnrollmentRequest } from '../db/enrollment-request-store.ts';
import { holdRestore } from '../db/fence.ts';
import { assertServiceAnnotationsKept } from '../domain/devices/device-edit.ts';
import { enrollmentRequestDocument } from '../domain/enrollment/enrollment-request-document.ts';
import { desiredEnrollmentRequest } from '../domain/enrollment/enrollment-request-edit.ts';
import { badRequest } from '../domain/errors.ts';
import { patchResource } from '../domain/resource-patch.ts';
import { enrollmentRequestRequestSchema, type EnrollmentRequest } from '../domain/resources/enrollment-request.ts';
import type { PatchRequest } from '../domain/resources/patch-request.ts';
import { describeProblems } from '../domain/resources/zod-problem.ts';
import { editEnrollmentRequest } from './steps/edit-enrollment-request.ts';
import { noSuchEnrollmentRequest } from './read-enrollment-request.ts';
import type { Origin } from '../domain/event.ts';

const patchable = [['metadata', 'labels'], ['metadata', 'annotations'], ['spec']];

/**
 * Applies a JSON Patch to an enrollment request as it is shown.
 *
 * @throws MusterError 400 for an operation that cannot be applied, that changes what only the service does, or whose
 * result is no enrollment request; 404 if there is no such request; 409 if it has been answered
 */
export async function patchEnrollmentRequest(
  { database, clock }: { database: Database; clock: Clock },
  { name, patch, by }: { name: string; patch: PatchRequest; by: Origin },
): Promise<EnrollmentRequest> {
  return await database.transact(async (tx) => {
    const restore = await holdRestore(tx);
    const known = await lockEnrollmentRequest(tx, name);
    if (known === undefined) throw noSuchEnrollmentRequest(name);
    const shown = enrollmentRequestDocument(known, restore);
    const parsed = enrollmentRequestRequestSchema.safeParse(patchResource(shown, patch, patchable));
    if (!parsed.success) throw badRequest(describeProblems(parsed.error, 'the patched enrollment request'));
    assertServiceAnnotationsKept(shown, parsed.data);
    const desired = desiredEnrollmentRequest(parsed.data);
    const edited = await editEnrollmentRequest(tx, known, desired, { restore, now: clock.now(), by });
    return enrollmentRequestDocument(edited, restore);
  });
}

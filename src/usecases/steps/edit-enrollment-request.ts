import type { Executor } from '../../db/client.ts';
import { saveEnrollmentRequest } from '../../db/enrollment-request-store.ts';
import { appendEvents } from '../../db/event-log.ts';
import {
  editedEnrollmentRequest,
  enrollmentRequestChange,
  updatedRequestFields,
  type DesiredEnrollmentRequest,
} from '../../domain/enrollment/enrollment-request-edit.ts';
import type { EnrollmentRequestRecord } from '../../domain/enrollment/enrollment-request-record.ts';
import { updatedEvent } from '../../domain/resource-events.ts';
import type { Origin } from '../../domain/event.ts';
import type { At } from './in-restore.ts';

/**
 * Changes a locked enrollment request to what a client asks for. The restore must be held. A request that changes nothing
 * is not saved and makes no event.
 *
 * @returns the request as it is then
 * @throws MusterError as enrollmentRequestChange
 */
export async function editEnrollmentRequest(
  tx: Executor,
  request: EnrollmentRequestRecord,
  desired: DesiredEnrollmentRequest,
  { by, ...at }: At & { by: Origin },
): Promise<EnrollmentRequestRecord> {
  const change = enrollmentRequestChange(request, desired);
  if (change === undefined) return request;
  const edited = editedEnrollmentRequest(request, desired);
  await saveEnrollmentRequest(tx, edited);
  const updated = updatedEvent({ kind: 'EnrollmentRequest', name: request.name }, updatedRequestFields(change), by);
  await appendEvents(tx, [updated], at);
  return edited;
}

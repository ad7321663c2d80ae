import type { Executor } from '../db/client.ts';
import { insertEnrollmentRequest } from '../db/enrollment-request-store.ts';
import { appendEvents } from '../db/event-log.ts';
import { requireOwnName } from '../domain/certificates/device-certificates.ts';
import { enrollmentRequestDocument } from '../domain/enrollment/enrollment-request-document.ts';
import {
  desiredEnrollmentRequest,
  type DesiredEnrollmentRequest,
} from '../domain/enrollment/enrollment-request-edit.ts';
import type { EnrollmentRequestRecord } from '../domain/enrollment/enrollment-request-record.ts';
import { alreadyExists } from '../domain/errors.ts';
import { createdEvent } from '../domain/resource-events.ts';
import type { EnrollmentRequest, EnrollmentRequestRequest } from '../domain/resources/enrollment-request.ts';
import type { DeviceCaDeps } from './certify-enrollment.ts';
import { reissueCertificate } from './reissue-certificate.ts';
import type { Origin } from '../domain/event.ts';
import { inRestore, type At, type RestoreDeps } from './steps/in-restore.ts';
import { requiredName } from '../domain/resource-name.ts';

type Deps = DeviceCaDeps & RestoreDeps;

/**
 * Stores the request of a device that wants to enroll, for a person to answer.
 *
 * @throws MusterError 400 for one without a name, with a known version that is none or, where there is a device CA, a CSR
 * that no certificate could be issued for; 409 if there is one of that name, whatever it says: an agent that repeats its
 * request reads the one that is there, as it does with Flight Control
 */
export async function createEnrollmentRequest(
  deps: Deps,
  { request, by }: { request: EnrollmentRequestRequest; by: Origin },
): Promise<EnrollmentRequest> {
  const name = requiredName(request, 'device');
  const desired = desiredEnrollmentRequest(request);
  if (deps.deviceCa !== undefined) requireOwnName(name, await deps.deviceCa.read(desired.spec.csr));
  const document = await inRestore(deps, async (tx, at) => {
    const entered = await enterEnrollmentRequest(tx, { name, desired }, { ...at, by });
    return entered && enrollmentRequestDocument(entered, at.restore);
  });
  if (document !== undefined) return document;
  await reissueCertificate(deps, { name, by });
  throw alreadyExists('enrollment request', name);
}

/**
 * Stores a new enrollment request with its event. The restore must be held.
 *
 * @returns undefined if there is one of that name, which is left as it is
 */
export async function enterEnrollmentRequest(
  tx: Executor,
  { name, desired }: { name: string; desired: DesiredEnrollmentRequest },
  { by, ...at }: At & { by: Origin },
): Promise<EnrollmentRequestRecord | undefined> {
  const request = {
    name,
    ...desired,
    approval: null,
    certificate: null,
    resourceVersion: 1,
    createdAt: at.now,
    restore: at.restore,
  };
  if (!(await insertEnrollmentRequest(tx, request))) return undefined;
  await appendEvents(tx, [createdEvent({ kind: 'EnrollmentRequest', name }, by)], at);
  return request;
}

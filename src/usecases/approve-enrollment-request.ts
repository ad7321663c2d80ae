import type { Executor } from '../db/client.ts';
import { lockDevice, saveCertificateExpiry } from '../db/device-writes.ts';
import { findEnrollmentRequest, lockEnrollmentRequest, saveApproval } from '../db/enrollment-request-store.ts';
import { appendEvents } from '../db/event-log.ts';
import { forgetUnknownDevice } from '../db/unknown-device-store.ts';
import { answerEvent, answerRequest, mustAnswer, noCertificate } from '../domain/enrollment/enrollment-approval.ts';
import type {
  EnrollmentRequestApproval,
  EnrollmentRequestApprovalStatus,
} from '../domain/resources/enrollment-request.ts';
import type { TemplateRenderer } from '../domain/templates/template-renderer.ts';
import { wantedDocument } from '../domain/journal-facts/wanted-documents.ts';
import type { Viewpoint } from '../domain/devices/device-record.ts';
import { enrollmentRequestDocument } from '../domain/enrollment/enrollment-request-document.ts';
import type { Journal, WantedDocument } from '../journal/journal.ts';
import type { RenderHints } from '../queue/render-queue.ts';
import { certifyEnrollment, type DeviceCaDeps } from './certify-enrollment.ts';
import { enterDevice } from './steps/enter-device.ts';
import { documentOf } from './read-device.ts';
import { noSuchEnrollmentRequest } from './read-enrollment-request.ts';
import { isHereAlready, readmitDevice } from './readmit-device.ts';
import type { Origin } from '../domain/event.ts';
import { inRestore, viewAt, type ViewDeps } from './steps/in-restore.ts';

type Deps = DeviceCaDeps & ViewDeps & { templates: TemplateRenderer; queue: RenderHints; journal: Journal };

/** The answer as it is kept, and what its giver has to know beside it. */
type GivenAnswer = { readonly answer: EnrollmentRequestApprovalStatus; readonly warning: string | undefined };

/**
 * Approves or denies an enrollment request. An approval issues the device's certificate, where there is a device CA, and
 * creates the device, all in one transaction: awaited if it must answer first (see mustAnswer), for which the current restore
 * is mustering again if it had settled; else with its gate open. A device that is here already is let back in (see readmitDevice).
 *
 * @throws MusterError 404; 400 if that answer was given before, the CSR is wrong, there is another device of that name, or
 * the labels that the device would get are none; 503 while the device CA is not valid
 */
export async function approveEnrollmentRequest(
  deps: Deps,
  { name, approval, by }: { name: string; approval: EnrollmentRequestApproval; by: Origin },
): Promise<GivenAnswer> {
  const { restore, answer, wanted, left } = await inRestore(deps, async (tx, { restore, now }) => {
    // Before the request, in the order that deleting the device takes them.
    const known = await lockDevice(tx, name);
    const request = await lockEnrollmentRequest(tx, name);
    if (request === undefined) throw noSuchEnrollmentRequest(name);
    const answer = answerRequest(request, approval, { by, now });
    if (!answer.approved) {
      await saveApproval(tx, name, answer, null);
      await appendEvents(tx, [answerEvent(request, answer, by)], { restore, now });
      return { restore, answer, wanted: false, left: [] };
    }
    const certified = await certifyEnrollment(deps, request, now);
    const awaited = mustAnswer(request, restore);
    await saveApproval(tx, name, answer, certified?.issued.certificate ?? null);
    const isNew = known === undefined;
    const outcome = { awaited: isNew && awaited, isNew, expiresAt: certified?.issued.expiresAt };
    await appendEvents(tx, [answerEvent(request, answer, by, outcome)], { restore, now });
    if (known === undefined) {
      const device = {
        name,
        labels: answer.labels ?? {},
        annotations: {},
        spec: {},
        lifecycle: 'Enrolled',
        awaited,
      } as const;
      if (!(await enterDevice(tx, device, { restore, now, by, templates: deps.templates }))) throw isHereAlready(name);
    } else await readmitDevice(tx, known, request, { approval, certified, now });
    if (certified !== undefined) await saveCertificateExpiry(tx, name, certified.issued.expiresAt);
    await forgetUnknownDevice(tx, name);
    const left = deps.journal.isKept ? await leftBy(tx, name, by, viewAt(deps, restore, now)) : [];
    return { restore, answer, wanted: isNew && !awaited, left };
  });
  for (const document of left) deps.journal.wanted(document);
  if (wanted) deps.queue.wantRendering(restore, [name]);
  return { answer, warning: answer.approved && deps.deviceCa === undefined ? noCertificate : undefined };
}

/** The request and the device as an approval leaves them. */
async function leftBy(tx: Executor, name: string, by: Origin, view: Viewpoint): Promise<WantedDocument[]> {
  const request = await findEnrollmentRequest(tx, name);
  const documents = [
    ...(request === undefined ? [] : [enrollmentRequestDocument(request, view.restore)]),
    await documentOf(tx, name, view),
  ];
  return documents.map((document) => wantedDocument(document, by));
}

import type { Clock } from '../clock.ts';
import type { Database } from '../db/client.ts';
import { lockEnrollmentRequest, saveApproval } from '../db/enrollment-request-store.ts';
import { appendEvents } from '../db/event-log.ts';
import { holdRestore } from '../db/fence.ts';
import { forgetUnknownDevice } from '../db/unknown-device-store.ts';
import { answerEvent, answerRequest, mustAnswer } from '../domain/enrollment-approval.ts';
import { badRequest } from '../domain/errors.ts';
import type {
  EnrollmentRequestApproval,
  EnrollmentRequestApprovalStatus,
} from '../domain/resources/enrollment-request.ts';
import type { RenderHints } from '../queue/render-queue.ts';
import { enterDevice } from './enter-device.ts';
import { noSuchEnrollmentRequest } from './read-enrollment-request.ts';

type Deps = { database: Database; clock: Clock; queue: RenderHints };

/**
 * Approves or denies an enrollment request. An approval creates the device, in the same transaction: awaited if it must
 * answer first (see mustAnswer), which the current restore counts even if it had settled; else with its gate open. No
 * certificate comes of it, for Muster is no certificate authority.
 *
 * @throws MusterError 404; 400 if that answer was given before, there is a device of that name, or the labels that the
 * device would get are none
 */
export async function approveEnrollmentRequest(
  { database, clock, queue }: Deps,
  { name, approval, actor }: { name: string; approval: EnrollmentRequestApproval; actor: string },
): Promise<EnrollmentRequestApprovalStatus> {
  const { restore, answer, wanted } = await database.transact(async (tx) => {
    const restore = await holdRestore(tx);
    const request = await lockEnrollmentRequest(tx, name);
    if (request === undefined) throw noSuchEnrollmentRequest(name);
    const now = clock.now();
    const answer = answerRequest(request, approval, { actor, now });
    const awaited = mustAnswer(request, restore);
    await saveApproval(tx, name, answer);
    await appendEvents(tx, [answerEvent(request, answer, awaited)], { restore, now });
    if (!answer.approved) return { restore, answer, wanted: false };
    const device = {
      name,
      labels: answer.labels ?? {},
      annotations: {},
      spec: {},
      lifecycle: 'Enrolled',
      awaited,
    } as const;
    if (!(await enterDevice(tx, device, { restore, now, actor }))) {
      // Not 409: the contract has none here.
      throw badRequest(`there is a device ${name} already, which an approval does not overwrite`);
    }
    await forgetUnknownDevice(tx, name);
    return { restore, answer, wanted: !awaited };
  });
  if (wanted) queue.wantRendering(restore, [name]);
  return answer;
}

import type { ApiClient } from '../../client/api-client.ts';
import { answerOf } from '../../client/api-client.ts';
import { ApiError, exitCodes, requireAllDone, UsageError } from '../../client/failures.ts';
import { enrollmentRequestKind } from '../resources/enrollment-request-kind.ts';
import { signingRequestKind } from '../resources/signing-request-kind.ts';
import { parseTarget } from '../targets.ts';
import { print, note } from '../../terminal/terminal.ts';

/** An answer to requests: the same for each. */
type RequestAnswer = {
  readonly approved: boolean;
  readonly labels?: Record<string, string>;
  readonly replaceLabels?: boolean;
};

const kinds = [enrollmentRequestKind, signingRequestKind];

/**
 * Approves or denies the requests named on the command line. If one fails, the others are still answered.
 *
 * @throws UsageError if no request is named, or if labels are given for signing requests
 */
export async function answerRequests(api: ApiClient, words: readonly string[], answer: RequestAnswer): Promise<void> {
  const { kind, names } = parseTarget(words, kinds);
  if (names.length === 0) throw new UsageError(`expected the names of the ${kind.plural}`);
  const isEnrollment = kind === enrollmentRequestKind;
  if (!isEnrollment && (answer.labels !== undefined || answer.replaceLabels === true)) {
    throw new UsageError('labels are for enrollment requests only');
  }
  const give = isEnrollment ? answerEnrollment : answerSigning;
  let failed = 0;
  for (const name of names) {
    try {
      await give(api, name, answer);
      print(`${kind.singular}/${name} ${answer.approved ? 'approved' : 'denied'}`);
    } catch (error) {
      if (!(error instanceof ApiError) || error.exitCode === exitCodes.notAllowed) throw error;
      failed += 1;
      note(`error: ${kind.singular}/${name}: ${error.message}`);
    }
  }
  requireAllDone(kind.singular, { failed, total: names.length });
}

async function answerEnrollment(api: ApiClient, name: string, body: RequestAnswer): Promise<void> {
  const params = { path: { name } };
  await answerOf(api.PUT('/api/v1/enrollmentrequests/{name}/approval', { params, body }));
}

async function answerSigning(api: ApiClient, name: string, { approved }: RequestAnswer): Promise<void> {
  const params = { path: { name } };
  const { spec } = await answerOf(api.GET('/api/v1/certificatesigningrequests/{name}', { params }));
  const type = approved ? ('Approved' as const) : ('Denied' as const);
  const status = { conditions: [{ type, status: 'True' as const }] };
  const body = { apiVersion: '', kind: 'CertificateSigningRequest', metadata: { name }, spec, status } as const;
  await answerOf(api.PUT('/api/v1/certificatesigningrequests/{name}/approval', { params, body }));
}

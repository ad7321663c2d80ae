import { X509Certificate } from 'node:crypto';
import { z } from 'zod';

/** Conclusion that an agent draws from its enrollment request. */
type EnrollmentAnswer =
  | { readonly kind: 'enrolled'; readonly certificate: string }
  | { readonly kind: 'wait'; readonly why: string }
  /** Its process ends over it, and its unit starts another one. */
  | { readonly kind: 'end'; readonly why: string };

const requestSchema = z.object({
  status: z.object({
    conditions: z.array(z.object({ type: z.string() })),
    certificate: z.string().nullish(),
  }),
});

export function readEnrollmentAnswer(status: number, body: string): EnrollmentAnswer {
  if (status !== 200) return { kind: 'wait', why: `HTTP ${status}` };
  const request = requestSchema.safeParse(parsed(body));
  if (!request.success) return { kind: 'end', why: 'an enrollment request without a list of conditions' };
  const { conditions, certificate } = request.data.status;
  const refusal = conditions.find(({ type }) => type === 'Denied' || type === 'Failed');
  if (refusal !== undefined) return { kind: 'end', why: `the enrollment request is ${refusal.type}` };
  if (isCertificate(certificate)) return { kind: 'enrolled', certificate };
  const isApproved = conditions.some(({ type }) => type === 'Approved');
  return { kind: 'wait', why: isApproved ? 'certificate not yet issued' : 'not yet approved' };
}

function isCertificate(text: string | null | undefined): text is string {
  if (text === null || text === undefined) return false;
  try {
    return new X509Certificate(text).subject !== undefined;
  } catch {
    return false;
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

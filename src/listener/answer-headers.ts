import type { z } from 'zod';

type DescribedHeader = { readonly type: 'string' | 'integer'; readonly description: string };

/** Headers of answers, as the OpenAPI documents describe them. */
export const answerHeaders = {
  'Retry-After': { type: 'integer', description: 'Seconds after which a retry makes sense.' },
  'WWW-Authenticate': { type: 'string', description: 'Credentials that would help (RFC 9110, section 11.6.1).' },
  Warning: {
    type: 'string',
    description: 'Text for the caller beside the answer (RFC 7234, section 5.5): `299 muster "…"`.',
  },
  Age: { type: 'integer', description: 'Seconds since the numbers of the answer were counted.' },
  'Muster-Verdict': { type: 'string', description: 'The verdict on the report: InSync, Behind, Ahead or Diverged.' },
  'Muster-Gate': { type: 'string', description: 'The gate of the device: Open, AwaitingReconnect or ConflictPaused.' },
  'Muster-Restore': { type: 'string', description: 'The current restore.' },
} as const satisfies Record<string, DescribedHeader>;

type HeaderName = keyof typeof answerHeaders;

/** The headers that say how a device stands. */
export const standingHeaderNames = ['Muster-Verdict', 'Muster-Gate', 'Muster-Restore'] as const;

/** The schema of an answer, described together with the headers that it may have. */
export function answerWith<Schema extends z.ZodType>(
  schema: Schema,
  description: string,
  names: readonly HeaderName[],
): Schema {
  return schema.meta({ description, headers: Object.fromEntries(names.map((name) => [name, answerHeaders[name]])) });
}

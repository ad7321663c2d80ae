import type { ApiDocument, Operation } from './api-documents.ts';

export type GivenAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Undefined where it cannot be looked into: a stream. */
  readonly text: string | undefined;
};

/** Headers that any HTTP answer may have, or that say how it is sent, by RFC 9110, RFC 9111, RFC 9112 and for browsers. */
const usualHeaders = new Set([
  'accept-encoding',
  'cache-control',
  'connection',
  'content-length',
  'content-security-policy',
  'content-type',
  'cross-origin-opener-policy',
  'cross-origin-resource-policy',
  'date',
  'keep-alive',
  'origin-agent-cluster',
  'referrer-policy',
  'strict-transport-security',
  'transfer-encoding',
  'vary',
  'x-content-type-options',
  'x-dns-prefetch-control',
  'x-download-options',
  'x-frame-options',
  'x-permitted-cross-domain-policies',
  'x-request-id',
  'x-xss-protection',
]);

/** Says in what an answer differs from what the document says of its operation. */
export function answerProblems(document: ApiDocument, operation: Operation, answer: GivenAnswer): string[] {
  const described = document.responseOf(operation, answer.status);
  if (described === undefined) return [`the status ${answer.status} is not described`];
  const { response, place } = described;
  return [
    ...headerProblems(Object.keys(answer.headers), Object.keys(response.headers ?? {})),
    ...bodyProblems(document, answer, response.content === undefined ? undefined : [...place, 'content']),
  ];
}

function headerProblems(given: readonly string[], described: readonly string[]): string[] {
  const known = new Set([...usualHeaders, ...described.map((name) => name.toLowerCase())]);
  return given.filter((name) => !known.has(name.toLowerCase())).map((name) => `the header ${name} is not described`);
}

function bodyProblems(
  document: ApiDocument,
  { status, headers, text }: GivenAnswer,
  place: readonly string[] | undefined,
): string[] {
  // No answer of this status has a body, whatever it is made of.
  if (status === 204) return [];
  if (place === undefined) return text === undefined || text === '' ? [] : ['no body is described'];
  if (text === '') return ['a body is described, and there is none'];
  const [type = ''] = String(headers['content-type']).split(';');
  let validate;
  try {
    validate = document.validatorAt([...place, type, 'schema']);
  } catch {
    return [`the content type ${type} is not described`];
  }
  if (text === undefined || validate(type === 'application/json' ? JSON.parse(text) : text)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `body${instancePath} ${message ?? ''} ${JSON.stringify(params)}`,
  );
}

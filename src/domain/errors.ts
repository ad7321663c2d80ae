/** The expected errors: a closed list. Each code has one HTTP status and one Kubernetes-style reason. */
const catalogue = {
  badRequest: { status: 400, reason: 'BadRequest' },
  unauthorized: { status: 401, reason: 'Unauthorized' },
  forbidden: { status: 403, reason: 'Forbidden' },
  notFound: { status: 404, reason: 'NotFound' },
  methodNotAllowed: { status: 405, reason: 'MethodNotAllowed' },
  requestTimeout: { status: 408, reason: 'Timeout' },
  conflict: { status: 409, reason: 'Conflict' },
  alreadyExists: { status: 409, reason: 'AlreadyExists' },
  tooLarge: { status: 413, reason: 'RequestEntityTooLarge' },
  unsupportedMediaType: { status: 415, reason: 'UnsupportedMediaType' },
  tooManyRequests: { status: 429, reason: 'TooManyRequests' },
  headersTooLarge: { status: 431, reason: 'RequestHeaderFieldsTooLarge' },
  unavailable: { status: 503, reason: 'ServiceUnavailable' },
} as const;

type ErrorCode = keyof typeof catalogue;

/** An error whose message is meant for the person or program that made the request. */
export class MusterError extends Error {
  override readonly name = 'MusterError';
  readonly code: ErrorCode;
  /** HTTP status. */
  readonly status: number;
  /** Machine-readable reason, as in Kubernetes' Status object. */
  readonly reason: string;
  /** Seconds from now after which a retry makes sense. */
  readonly retryAfterSeconds: number | undefined;
  /** Value of `WWW-Authenticate`, if credentials would help. */
  readonly challenge: string | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; retryAfterSeconds?: number; challenge?: string } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = catalogue[code].status;
    this.reason = catalogue[code].reason;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.challenge = options.challenge;
  }
}

export const badRequest = (message: string): MusterError => new MusterError('badRequest', message);
export const unauthorized = (message: string): MusterError => new MusterError('unauthorized', message);
/** The error for a request without the token that it needs. Its challenge names no error (RFC 6750, section 3). */
export const missingToken = (message: string): MusterError =>
  new MusterError('unauthorized', message, { challenge: 'Bearer realm="muster"' });
export const wrongToken = (message: string): MusterError =>
  new MusterError('unauthorized', message, { challenge: 'Bearer realm="muster", error="invalid_token"' });
export const forbidden = (message: string): MusterError => new MusterError('forbidden', message);
export const notFound = (message: string): MusterError => new MusterError('notFound', message);
export const conflict = (message: string): MusterError => new MusterError('conflict', message);
export const alreadyExists = (kind: string, name: string): MusterError =>
  new MusterError('alreadyExists', `${kind} ${name} already exists`);
export const unavailable = (message: string, retryAfterSeconds: number): MusterError =>
  new MusterError('unavailable', message, { retryAfterSeconds });
export const tooManyRequests = (message: string, retryAfterSeconds: number): MusterError =>
  new MusterError('tooManyRequests', message, { retryAfterSeconds });

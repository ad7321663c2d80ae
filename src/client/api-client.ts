import createClient, { type Client } from 'openapi-fetch';
import { Agent } from 'undici';
import { statusSchema } from '../domain/resources/status.ts';
import { version } from '../version.ts';
import type { paths } from './api-schema.ts';
import { ApiError, CliError, UnreachableError } from './failures.ts';
import { note } from '../terminal/terminal.ts';

/** The HTTP API, typed by its OpenAPI document. Wrap every call in {@link answerOf}. */
export type ApiClient = Client<paths>;

/** Body of a request that writes a device. */
export type DeviceBody = paths['/api/v1/devices/{name}']['put']['requestBody']['content']['application/json'];

/** Body of a request that writes a fleet. */
export type FleetBody = paths['/api/v1/fleets/{name}']['put']['requestBody']['content']['application/json'];

/** Body of a request that writes an enrollment request. */
export type EnrollmentRequestBody =
  paths['/api/v1/enrollmentrequests/{name}']['put']['requestBody']['content']['application/json'];

/** Body of a request that writes a certificate signing request. */
export type SigningRequestBody =
  paths['/api/v1/certificatesigningrequests/{name}']['put']['requestBody']['content']['application/json'];

export type Connection = {
  /** Base URL of the admin listener, without the path of the API. */
  readonly server: string;
  /** Sent as a bearer token. */
  readonly token: string | undefined;
  /** Has the token where none is given. */
  readonly login?: { bearer(): Promise<string | undefined> } | undefined;
  /** The authorities, in PEM form, that the server's certificate may be from; those of the system if not given. */
  readonly ca?: string | undefined;
};

export function createApiClient({ server, token, login, ca }: Connection): ApiClient {
  const client = createClient<paths>({
    baseUrl: server,
    headers: { 'user-agent': `muster/${version}` },
    ...(ca !== undefined && { requestInitExt: { dispatcher: new Agent({ connect: { ca } }) } }),
  });
  client.use({
    async onRequest({ request }) {
      const bearer = token ?? (await login?.bearer());
      if (bearer !== undefined) request.headers.set('authorization', `Bearer ${bearer}`);
    },
    async onResponse({ request, response }) {
      for (const warning of warningsIn(response)) note(`warning: ${warning}`);
      if (response.status !== 401) return;
      const body: unknown = await response.json().catch(() => undefined);
      throw new ApiError(`${messageOf(body, response)}; ${loginAdvice(token, request)}`, response.status);
    },
    onError({ error }) {
      const failure = explained(error);
      if (!(failure instanceof UnreachableError)) return undefined;
      return unreachable(server, failure, '--server or MUSTER_SERVER');
    },
  });
  return client;
}

/** Warnings beside an answer of the server (`Warning: 299 muster "…"`). */
function warningsIn({ headers }: Response): string[] {
  const found = (headers.get('warning') ?? '').matchAll(/\b299 \S+ "((?:[^"\\]|\\.)*)"/g);
  return [...found].map(([, quoted = '']) => quoted.replaceAll(/\\(.)/g, '$1'));
}

/** @param options that say where the server is */
export function unreachable(server: string, failure: UnreachableError, options: string): UnreachableError {
  // A server whose certificate is wrong can be reached.
  const isThere = Object.values(certificateReasons).includes(failure.message);
  const advice = isThere ? '' : `; is it running there? ${options} says where`;
  return new UnreachableError(`cannot reach the server at ${server}: ${failure.message}${advice}`, failure.cause);
}

/** Advice for a server that does not know the caller. */
function loginAdvice(token: string | undefined, request: Request): string {
  if (token !== undefined) return 'the token is that of --token or MUSTER_TOKEN';
  return request.headers.has('authorization') ? 'log in again with muster login' : 'log in with muster login';
}

type Answer<Data> = { readonly data?: Data; readonly error?: unknown; readonly response: Response };

/**
 * Waits for the body of an answer.
 *
 * @throws ApiError with the server's message if it refused
 * @throws UnreachableError if no answer came, or only a part of one
 */
export async function answerOf<Data>(call: Promise<Answer<Data>>): Promise<Data> {
  return (await fullAnswerOf(call)).data;
}

/** As {@link answerOf}, with the HTTP status beside it. */
export async function fullAnswerOf<Data>(call: Promise<Answer<Data>>): Promise<{ data: Data; status: number }> {
  const { data, error, response } = await call.catch((failure: unknown) => {
    throw explained(failure);
  });
  if (!response.ok) throw new ApiError(messageOf(error, response), response.status);
  if (data === undefined) throw new CliError(`the server answered ${response.status} without a body`);
  return { data, status: response.status };
}

/** As {@link answerOf}, but undefined where the server says 404. */
export async function answerIfFound<Data>(call: Promise<Answer<Data>>): Promise<Data | undefined> {
  try {
    return await answerOf(call);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

function messageOf(body: unknown, { status, statusText, url }: Response): string {
  const parsed = statusSchema.partial().safeParse(body);
  const message = parsed.success ? parsed.data.message : undefined;
  if (message !== undefined && message !== '') return message;
  return `the server answered ${status} ${statusText} and did not say why (${new URL(url).origin})`;
}

/** Turns an error of a call into a failure for people; unexpected errors stay unchanged. */
export function explained(failure: unknown): unknown {
  if (failure instanceof SyntaxError)
    return new CliError('the answer is not JSON: is this the address of a Muster server?');
  // fetch wraps every network error in a TypeError, with the reason as its cause.
  if (failure instanceof TypeError && failure.cause instanceof Error) {
    return new UnreachableError(networkReason(failure.cause), failure);
  }
  return failure;
}

const notTrusted = 'its certificate is not from an authority that is trusted here (--ca or MUSTER_CA names one)';

/** Faults that OpenSSL and Node find in a server's certificate. */
const certificateReasons: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: notTrusted,
  SELF_SIGNED_CERT_IN_CHAIN: notTrusted,
  UNABLE_TO_GET_ISSUER_CERT: notTrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: notTrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: notTrusted,
  CERT_SIGNATURE_FAILURE: notTrusted,
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS (http:// instead of https://?)',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS (http:// instead of https://?)',
};

const networkReasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection lost',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ENOTFOUND: 'the host is not known',
  EAI_AGAIN: 'the host cannot be looked up now',
  ETIMEDOUT: 'timed out',
  UND_ERR_CONNECT_TIMEOUT: 'timed out',
  UND_ERR_HEADERS_TIMEOUT: 'timed out',
  UND_ERR_BODY_TIMEOUT: 'timed out',
  UND_ERR_SOCKET: 'connection lost',
  ...certificateReasons,
};

function networkReason(cause: Error): string {
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  return (code === undefined ? undefined : networkReasons[code]) ?? (cause.message || code || 'no answer');
}

import createClient, { type Client } from 'openapi-fetch';
import { statusSchema } from '../domain/resources/status.ts';
import { version } from '../version.ts';
import type { paths } from './api-schema.ts';
import { ApiError, CliError, UnreachableError } from './failures.ts';

/** The HTTP API, typed by its OpenAPI document. Wrap every call in {@link answerOf}. */
export type ApiClient = Client<paths>;

/** What goes to the server where a device is written. */
export type DeviceBody = paths['/api/v1/devices/{name}']['put']['requestBody']['content']['application/json'];

/** What goes to the server where a fleet is written. */
export type FleetBody = paths['/api/v1/fleets/{name}']['put']['requestBody']['content']['application/json'];

export type Connection = {
  /** Base URL of the admin listener, without the path of the API. */
  readonly server: string;
  /** Sent as a bearer token. */
  readonly token: string | undefined;
};

export function createApiClient({ server, token }: Connection): ApiClient {
  const identity = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const client = createClient<paths>({ baseUrl: server, headers: { 'user-agent': `muster/${version}`, ...identity } });
  client.use({
    onError({ error }) {
      const failure = explained(error);
      if (!(failure instanceof UnreachableError)) return undefined;
      const advice = 'is it running there? --server or MUSTER_SERVER says where';
      return new UnreachableError(`cannot reach the server at ${server}: ${failure.message}; ${advice}`, error);
    },
  });
  return client;
}

type Answer<Data> = { readonly data?: Data; readonly error?: unknown; readonly response: Response };

/**
 * What the server answered.
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

/** Turns what a call threw into a failure for people; what nobody foresaw stays as it is. */
export function explained(failure: unknown): unknown {
  if (failure instanceof SyntaxError)
    return new CliError('the answer is not JSON: is this the address of a Muster server?');
  // fetch wraps whatever went wrong on the network in a TypeError, with the reason as its cause.
  if (failure instanceof TypeError && failure.cause instanceof Error) {
    return new UnreachableError(networkReason(failure.cause), failure);
  }
  return failure;
}

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
};

function networkReason(cause: Error): string {
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  return (code === undefined ? undefined : networkReasons[code]) ?? (cause.message || code || 'no answer');
}

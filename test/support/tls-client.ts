import { Client } from 'undici';
import { WebSocket } from 'ws';
import type { PemIdentity } from '../../src/cli/pki/trial-authority.ts';

/** By what a client says who it is. */
export type Presented = {
  readonly identity?: PemIdentity | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
};

export type Call = {
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
};
export type TlsAnswer = {
  readonly code: number;
  readonly body: unknown;
  readonly headers: Record<string, string | string[] | undefined>;
};

export const bearer = (token: string): Presented => ({ headers: { authorization: `Bearer ${token}` } });

/** A connection of one client over TLS. It fails if the server's certificate is not from `ca`. */
export function connectTls(server: string, ca: string, { identity }: Presented = {}): Client {
  return new Client(server, { connect: { ca, ...(identity && { cert: identity.certificate, key: identity.key }) } });
}

/** One call over a connection of its own. Paths are below `/api/v1`. */
export async function callTls(server: string, ca: string, presented: Presented, call: Call): Promise<TlsAnswer> {
  const client = server.startsWith('https:') ? connectTls(server, ca, presented) : new Client(server);
  try {
    return await callOver(client, call, presented);
  } finally {
    await client.close();
  }
}

/** One call over a connection that stays. */
export async function callOver(
  client: Client,
  { method, path, body }: Call,
  presented: Presented = {},
): Promise<TlsAnswer> {
  const type = method === 'PATCH' ? 'application/json-patch+json' : 'application/json';
  const answer = await client.request({
    method,
    path: `/api/v1${path}`,
    headers: { ...presented.headers, ...(body !== undefined && { 'content-type': type }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.body.text();
  return { code: answer.statusCode, body: text === '' ? undefined : JSON.parse(text), headers: answer.headers };
}

/** Opens a WebSocket of a device. @returns it, or the answer by which the upgrade was refused */
export async function openSocket(
  server: string,
  ca: string,
  device: string,
  { identity, headers }: Presented = {},
): Promise<WebSocket | TlsAnswer> {
  const url = `${server.replace(/^http/, 'ws')}/api/v1/devices/${device}/connect`;
  const socket = new WebSocket(url, 'muster.v1', {
    ca,
    ...(identity && { cert: identity.certificate, key: identity.key }),
    ...(headers && { headers: { ...headers } }),
  });
  return await new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket));
    socket.once('error', reject);
    socket.once('unexpected-response', (_request, response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () =>
        resolve({ code: response.statusCode ?? 0, body: JSON.parse(text), headers: response.headers }),
      );
    });
  });
}

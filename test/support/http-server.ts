import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** A server on loopback that answers as a test says, and remembers what it was asked. */
export type HttpServer = {
  readonly url: string;
  readonly requests: readonly Pick<IncomingMessage, 'url' | 'method' | 'headers'>[];
  close(): Promise<void>;
};

export async function startHttpServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  tls?: { cert: string; key: string; ca?: string; requestCert?: boolean },
): Promise<HttpServer> {
  const requests: Pick<IncomingMessage, 'url' | 'method' | 'headers'>[] = [];
  const listener: RequestListener = (request, response) => {
    requests.push({ url: request.url, method: request.method, headers: request.headers });
    answer(request, response);
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

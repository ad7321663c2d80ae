import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import fastify from 'fastify';
import type { Config } from '../src/config/config.ts';

/** Listens with an empty route: what the framework and TLS cost by themselves, certificates of clients included. */
export async function listenEmpty({
  agentTlsCert,
  agentTlsKey,
  agentClientCa,
}: Config): Promise<{ origin: string; close(): Promise<void> }> {
  const https =
    agentTlsCert === undefined || agentTlsKey === undefined || agentClientCa === undefined
      ? null
      : {
          cert: await readFile(agentTlsCert),
          key: await readFile(agentTlsKey),
          ca: await readFile(agentClientCa),
          requestCert: true,
          rejectUnauthorized: false,
        };
  const app = fastify({
    serverFactory: (handler) => (https === null ? createServer(handler) : createTlsServer(https, handler)),
  });
  app.get('/empty/:name', async () => '');
  const origin = await app.listen({ host: '127.0.0.1', port: 0, backlog: 4_096 });
  return { origin, close: async () => app.close() };
}

import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { fastify } from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { FirstRequests } from '../../src/listener/first-requests.ts';
import { refuseMalformedRequests } from '../../src/listener/malformed-requests.ts';
import { startAgentServer } from '../support/agent-server.ts';
import { RawConnection, readAnswer } from '../support/raw-connection.ts';
import { TrialPki } from '../support/trial-pki.ts';

const headersTimeoutMs = 100;

/** A listener on which a silent connection has so much more time. */
async function listening(furtherMs: number): Promise<string> {
  const firstRequests = new FirstRequests(furtherMs);
  const app = fastify({
    http: { headersTimeout: headersTimeoutMs, connectionsCheckingInterval: 20 },
    clientErrorHandler: refuseMalformedRequests({ headersTimeoutMs, requestTimeoutMs: 10_000 }, firstRequests),
  });
  firstRequests.watch(app);
  app.get('/', async () => 'served');
  onTestFinished(() => app.close());
  return await app.listen({ host: '127.0.0.1', port: 0 });
}

function open(url: string): RawConnection {
  const connection = new RawConnection(url);
  onTestFinished(() => void connection.socket.destroy());
  return connection;
}

const request = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

test('a connection that is silent longer than headers may take has its first request answered', async () => {
  const connection = open(await listening(60_000));
  await sleep(5 * headersTimeoutMs);
  const answer = await connection.send(request).answer;
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
});

test('one that is silent for longer still is closed without a word', async () => {
  const connection = open(await listening(2 * headersTimeoutMs));
  expect(await connection.answer).toBe('');
});

test('one that begins a request late has no more time for its headers than any other', async () => {
  const connection = open(await listening(60_000));
  await sleep(5 * headersTimeoutMs);
  const answer = readAnswer(await connection.send('GET / HTTP/1.1\r\nX-Slow: ').answer);
  expect(answer).toMatchObject({ code: 408, body: { reason: 'Timeout' } });
});

test('a request that was answered is not cut off when the time of a silent connection is over', async () => {
  const connection = open(await listening(5 * headersTimeoutMs));
  await sleep(3 * headersTimeoutMs);
  connection.send('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await sleep(8 * headersTimeoutMs);
  expect(connection.socket.destroyed).toBe(false);
  expect(await connection.send(request).answer).toMatch(/served[^]*served$/);
});

test('a device that is slow after its TLS handshake does not have to make another', async () => {
  const pki = await TrialPki.make();
  const env = { ...pki.env, MUSTER_HEADERS_TIMEOUT: '100ms', MUSTER_REQUEST_TIMEOUT: '30s' };
  const agent = await startAgentServer({ env });
  onTestFinished(async () => {
    await agent.close();
    await pki.remove();
  });
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(agent.url).port), ca: pki.ca });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'secureConnect');
  await sleep(2_500);
  socket.write('GET /api/v1/devices/d/rendered HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  expect(chunk.toString()).toMatch(/^HTTP\/1\.1 401 /);
});

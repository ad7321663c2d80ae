import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createApiClient } from '../../../src/client/api-client.ts';
import { followRestore } from '../../../src/cli/restores/restore-stream.ts';
import { ApiError, UnreachableError } from '../../../src/client/failures.ts';
import { restoreDocument, type RestoreFacts } from '../../../src/domain/recovery/restore-document.ts';

// A server that drops connections when the test wants it to, which one that works does not do.

const id = '01a1fd88-75dd-7232-9c37-f9c9fb705327';

const facts: RestoreFacts = {
  id,
  previous: null,
  declaredAt: new Date('2026-11-21T08:00:00Z'),
  declaredBy: 'user:test',
  reason: null,
  backup: null,
  journal: null,
  supersededAt: null,
  settledAt: null,
  firstAnswerAt: null,
  lastAnswerAt: null,
  total: 3,
  awaiting: 3,
  answered: 0,
  inSync: 0,
  behind: 0,
  conflictPaused: 0,
  resumed: 0,
  adopted: 0,
};

const eventOf = (change: Partial<RestoreFacts>): string =>
  `event: restore\ndata: ${JSON.stringify(restoreDocument({ ...facts, ...change }, []))}\n\n`;

let server: Server | undefined;

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
});

/** Answers the first connection with the first of `turns`, and so on. */
async function serveInTurn(
  turns: readonly ((response: ServerResponse) => void)[],
): Promise<{ base: string; paths: string[] }> {
  const paths: string[] = [];
  server = createServer((request, response) => {
    paths.push(request.url ?? '');
    turns[paths.length - 1]?.(response);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, paths };
}

const stream = (response: ServerResponse) => response.writeHead(200, { 'content-type': 'text/event-stream' });

async function awaitedOf(base: string): Promise<number[]> {
  const seen: number[] = [];
  const api = createApiClient({ server: base, token: undefined });
  for await (const restore of followRestore(api, 'current', new AbortController().signal)) {
    seen.push(restore.status.devices.awaitingReconnect);
  }
  return seen;
}

test('a dropped connection is made anew, for the restore that it began with, until that has settled', async () => {
  const { base, paths } = await serveInTurn([
    (response) => stream(response).write(`: hello\n\n${eventOf({})}`, () => response.destroy()),
    (response) =>
      response.writeHead(503, { 'content-type': 'application/json' }).end('{"kind":"Status","message":"later"}'),
    (response) => {
      const [half, rest] = [eventOf({ awaiting: 1 }).slice(0, 50), eventOf({ awaiting: 1 }).slice(50)];
      stream(response).write(half, () => response.write(rest, () => response.end()));
    },
    (response) => stream(response).end(eventOf({ awaiting: 0, settledAt: new Date() })),
  ]);
  expect(await awaitedOf(base)).toEqual([3, 1, 0]);
  expect(paths).toEqual(['current', id, id, id].map((name) => `/api/v1/restores/${name}/watch`));
});

test('what is refused at first is refused at once', async () => {
  const { base, paths } = await serveInTurn([
    (response) =>
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"kind":"Status","message":"none"}'),
  ]);
  await expect(awaitedOf(base)).rejects.toThrow(new ApiError('none', 404));
  expect(paths).toHaveLength(1);
});

test('a restore that is gone when the connection is made anew ends the watch', async () => {
  const { base } = await serveInTurn([
    (response) => stream(response).write(eventOf({}), () => response.destroy()),
    (response) =>
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"kind":"Status","message":"gone"}'),
  ]);
  await expect(awaitedOf(base)).rejects.toThrow('gone');
});

test('a server that is not there at first is not waited for', async () => {
  const { base } = await serveInTurn([(response) => response.destroy()]);
  await expect(awaitedOf(base)).rejects.toThrow(UnreachableError);
});

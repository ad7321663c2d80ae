import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Client } from 'undici';
import type { Database } from '../../src/db/client.ts';
import { startAgentServer, type AgentServer } from '../support/agent-server.ts';
import { connectTo, holdTransaction, until, untilWaiting } from '../support/held-transactions.ts';

/** Past four fifths of it newcomers are turned away. */
const queue = 5;
const names = Array.from({ length: 12 }, (_, index) => `device-${index}`);

let server: AgentServer;
let other: Database;
const clients: Client[] = [];

beforeEach(async () => {
  server = await startAgentServer({ env: { MUSTER_REPORT_QUEUE: String(queue), MUSTER_POLL_TIMEOUT: '20ms' } });
  other = connectTo(server.database);
  for (const name of names) await server.fleet.running(name);
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.destroy()));
  await other.close();
  await server.close();
});

/** A device with one connection. */
function device(name: string): () => Promise<number> {
  const client = new Client(server.url);
  clients.push(client);
  return async () => {
    const path = `/api/v1/devices/${name}/rendered?knownRenderedVersion=1`;
    const { statusCode, body } = await client.request({ method: 'GET', path });
    await body.dump();
    return statusCode;
  };
}

/** Lets nobody commit, and fills the queue behind the two commits that are under way. */
async function fill(): Promise<{ release: () => Promise<void>; answers: Promise<number[]> }> {
  // A report that changes nothing commits nothing.
  await server.fleet.declareRestore();
  const holding = await holdTransaction(other, (tx) => tx.execute(sql`SELECT 1 FROM service_state FOR UPDATE`));
  const answers: Promise<number>[] = [];
  for (const [index, name] of names.slice(0, queue + 1).entries()) {
    answers.push(device(name)());
    if (index < 2) await untilWaiting(other, index + 1);
  }
  await until(() => server.gateway.reports.waitingCount >= queue - 1);
  return { release: () => holding.commit(), answers: Promise.all(answers) };
}

test('a request that comes while the queue is full waits, and is answered once there is room', async () => {
  const open = device('device-11');
  expect(await open()).toBe(204);
  const { release, answers } = await fill();
  let answered = 0;
  const late = [device('device-10'), open].map((report) => report().finally(() => (answered += 1)));
  await sleep(200);
  expect(answered).toBe(0);
  expect(server.gateway.reports.waitingCount).toBeLessThanOrEqual(queue);
  await release();
  expect(await Promise.all(late)).toEqual([204, 204]);
  expect(await answers).toEqual(Array.from({ length: queue + 1 }, () => 204));
});

test('a request for which there is no room for long is turned away, and told when to come back', async () => {
  const { release, answers } = await fill();
  const turnedAway = await server.poll('device-10', { knownRenderedVersion: 1 });
  expect(turnedAway.code).toBe(503);
  expect(Number(turnedAway.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  await release();
  await answers;
});

test('a request whose device hung up in line is not begun', async () => {
  const { release, answers } = await fill();
  const leaving = new Client(server.url);
  const request = leaving.request({ method: 'GET', path: '/api/v1/devices/device-10/rendered?knownRenderedVersion=9' });
  const outcome = request.then(
    ({ statusCode }) => statusCode,
    (error: unknown) => String(error),
  );
  await sleep(200);
  await leaving.destroy();
  expect(await outcome).toContain('destroyed');
  await sleep(50);
  await release();
  await answers;
  expect(await device('device-11')()).toBe(204);
  expect((await server.fleet.row('device-10')).state.reported?.version).toBe(1);
});

test('requests in line do not keep the service from stopping', async () => {
  const { release, answers } = await fill();
  const late = device('device-10')();
  await sleep(100);
  const closed = server.close();
  await release();
  expect(await late).toBe(204);
  await Promise.all([closed, answers]);
  server = await startAgentServer();
});

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
  const holding = await holdTransaction(other, (tx) => tx.execute(sql`SELECT 1 FROM service_state FOR UPDATE`));
  const answers: Promise<number>[] = [];
  for (const [index, name] of names.slice(0, queue + 1).entries()) {
    answers.push(device(name)());
    if (index < 2) await untilWaiting(other, index + 1);
  }
  await until(() => server.gateway.reports.waitingCount >= queue - 1);
  return { release: () => holding.commit(), answers: Promise.all(answers) };
}

test('a new connection is not read while the queue is full, and answered once there is room', async () => {
  const { release, answers } = await fill();
  let answered = false;
  const late = device('device-10')().finally(() => {
    answered = true;
  });
  await sleep(200);
  expect(answered).toBe(false);
  expect(server.gateway.reports.waitingCount).toBeLessThanOrEqual(queue);
  await release();
  expect(await late).toBe(204);
  expect(await answers).toEqual(Array.from({ length: queue + 1 }, () => 204));
});

test('a connection that is open already has one request turned away, and is not read then', async () => {
  const report = device('device-11');
  expect(await report()).toBe(204);
  const { release, answers } = await fill();
  expect(await report()).toBe(503);
  let answered = false;
  const again = report().finally(() => {
    answered = true;
  });
  await sleep(200);
  expect(answered).toBe(false);
  await release();
  expect(await again).toBe(204);
  await answers;
});

test('connections that wait to be read do not keep the service from stopping', async () => {
  const { release, answers } = await fill();
  const late = device('device-10')().catch(() => undefined);
  await sleep(100);
  const closed = server.close();
  await release();
  await Promise.all([closed, late, answers.catch(() => undefined)]);
  server = await startAgentServer();
});

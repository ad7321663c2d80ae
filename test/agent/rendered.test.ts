import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { statusSchema } from '../../src/domain/resources/status.ts';
import { specHash } from '../../src/domain/rendering/spec-hash.ts';
import { decommissionDevice } from '../../src/usecases/decommission-device.ts';
import { readDevice } from '../../src/usecases/read-device.ts';
import { startAgentServer, type AgentServer, type DeviceAnswer } from '../support/agent-server.ts';
import { emptyDatabase } from '../support/empty-database.ts';
import { by } from '../support/fleet-fixture.ts';
import { connectTo, holdTransaction, until, untilWaiting } from '../support/held-transactions.ts';
import { foreignTimeline, hashes } from '../support/random-positions.ts';
import { keptCounts } from '../support/restore-rows.ts';
import { positionRow } from '../support/table-rows.ts';
import { sql } from 'drizzle-orm';

let server: AgentServer;

beforeAll(async () => {
  server = await startAgentServer();
});

afterAll(async () => {
  await server.close();
});

beforeEach(async () => {
  await emptyDatabase(server);
});

const open = { verdict: 'InSync', gate: 'Open' };
const says = (version: number) => ({ knownRenderedVersion: version });

/** A poll that is held open, once it is. */
async function parked(
  name: string,
  query: Record<string, string | number>,
): Promise<{ answer: Promise<DeviceAnswer> }> {
  const before = server.gateway.waiting.count;
  const answer = server.poll(name, query);
  await until(() => server.gateway.waiting.count > before);
  return { answer };
}

describe('a poll', () => {
  test('of a device that is behind is answered with the newest spec and where that is', async () => {
    await server.fleet.running('a');
    const { timeline, specHash } = await server.fleet.rendered('a');
    for (const query of [{}, { knownRenderedVersion: '' }, says(0)]) {
      const answer = await server.poll('a', query);
      expect(answer).toMatchObject({
        code: 200,
        standing: { verdict: 'Behind', gate: 'Open', restore: await server.restore() },
        body: {
          apiVersion: 'flightctl.io/v1beta1',
          kind: 'Device',
          metadata: {
            name: 'a',
            annotations: {
              'device-controller/renderedVersion': '1',
              'device-controller/renderedSpecHash': specHash,
              'muster/timeline': timeline,
              'muster/restore': await server.restore(),
            },
          },
          spec: { os: { image: 'quay.io/acme/a:1' } },
        },
      });
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    }
  });

  test('reports all of where the device is', async () => {
    await server.fleet.running('a');
    const { timeline, specHash } = await server.fleet.rendered('a');
    await server.fleet.declareRestore();
    await server.poll('a', { ...says(1), timeline: timeline ?? '', specHash: specHash ?? '' });
    expect((await server.fleet.row('a')).state.reported).toEqual({ timeline, version: 1, specHash });
  });

  test('that is judged for the first time after a restore is answered at once', async () => {
    await server.fleet.running('a');
    const restore = await server.fleet.declareRestore();
    expect(await server.poll('a', says(1))).toMatchObject({ code: 204, standing: { ...open, restore }, text: '' });
  });

  test('that has nothing to be told waits, and ends with 204', async () => {
    const hasty = await startAgentServer({ env: { MUSTER_POLL_TIMEOUT: '150ms' } });
    onTestFinished(() => hasty.close());
    await hasty.fleet.running('a');
    const restore = await hasty.restore();
    const answer = hasty.poll('a', says(1));
    await until(() => hasty.gateway.waiting.count === 1);
    expect(await answer).toMatchObject({ code: 204, standing: { ...open, restore }, text: '' });
    expect(hasty.gateway.waiting.count).toBe(0);
  });

  test('that waits is answered as soon as there is a spec', async () => {
    await server.fleet.running('a');
    const { answer } = await parked('a', says(1));
    await server.fleet.edit('a', 'quay.io/acme/a:2');
    await server.fleet.render();
    expect(await answer).toMatchObject({
      code: 200,
      standing: { verdict: 'Behind', gate: 'Open' },
      body: { spec: { os: { image: 'quay.io/acme/a:2' } } },
    });
  });

  test('that waits is ended by a restore, and says which', async () => {
    await server.fleet.running('a');
    const { answer } = await parked('a', says(1));
    const restore = await server.fleet.declareRestore();
    expect(await answer).toMatchObject({ code: 204, standing: { gate: 'AwaitingReconnect', restore } });
    expect(await server.poll('a', says(1))).toMatchObject({ code: 204, standing: { ...open, restore } });
  });

  test('that waits is not answered with what was rendered after a restore, before the device has reported again', async () => {
    await server.fleet.running('a');
    const waiting = await parked('a', says(1));
    const restore = await server.fleet.declareRestore();
    await server.fleet.report('a', 1);
    await server.fleet.edit('a', 'quay.io/acme/a:2');
    await server.fleet.render();
    expect(await waiting.answer).toMatchObject({ code: 204, standing: { restore } });
  });

  test('whose device leaves is forgotten', async () => {
    await server.fleet.running('a');
    const leaving = new AbortController();
    const answer = fetch(`${server.url}/api/v1/devices/a/rendered?knownRenderedVersion=1`, { signal: leaving.signal });
    await until(() => server.gateway.waiting.count === 1);
    leaving.abort();
    await expect(answer).rejects.toThrow('aborted');
    await until(() => server.gateway.waiting.count === 0);
  });

  test('of one device may be held open twice, and both are answered', async () => {
    await server.fleet.running('a');
    const first = await parked('a', says(1));
    const second = server.poll('a', says(1));
    await sleep(50);
    await server.fleet.edit('a', 'quay.io/acme/a:2');
    await server.fleet.render();
    server.gateway.waiting.lookAt(['a']);
    expect([(await first.answer).code, (await second).code]).toEqual([200, 200]);
  });
});

describe('a poll of a device in conflict', () => {
  test('has no document in its answer, neither the first nor a later one', async () => {
    const hasty = await startAgentServer({ env: { MUSTER_POLL_TIMEOUT: '100ms' } });
    onTestFinished(() => hasty.close());
    await hasty.fleet.running('a');
    for (let n = 0; n < 2; n += 1) {
      const restore = await hasty.fleet.declareRestore();
      const standing = { verdict: 'Ahead', gate: 'ConflictPaused', restore };
      for (let poll = 0; poll < 3; poll += 1)
        expect(await hasty.poll('a', says(9))).toMatchObject({ code: 204, standing, text: '' });
    }
  });

  test.each([
    ['ahead', says(9), 'Ahead'],
    ['diverged at the same version', { ...says(1), specHash: hashes[0] as string }, 'Diverged'],
    ['diverged at a lower version', { ...says(1), timeline: foreignTimeline }, 'Diverged'],
  ])('(%s) is answered at once when that is found', async (_name, query, verdict) => {
    await server.fleet.running('a');
    if ('timeline' in query) {
      await server.fleet.edit('a', 'quay.io/acme/a:2');
      await server.fleet.render();
    }
    expect(await server.poll('a', query)).toMatchObject({
      code: 204,
      standing: { verdict, gate: 'ConflictPaused' },
      text: '',
    });
    expect(server.gateway.waiting.count).toBe(0);
  });

  test('that was found by another report waits, and says so when it ends', async () => {
    const hasty = await startAgentServer({ env: { MUSTER_POLL_TIMEOUT: '300ms' } });
    onTestFinished(() => hasty.close());
    await hasty.fleet.running('a');
    const answer = hasty.poll('a', says(1));
    await until(() => hasty.gateway.waiting.count === 1);
    await hasty.fleet.report('a', 9);
    hasty.gateway.waiting.lookAt(['a']);
    expect(await answer).toMatchObject({ code: 204, standing: { verdict: 'InSync', gate: 'ConflictPaused' } });
  });

  test('delivers nothing, whatever was rendered before or is edited meanwhile', async () => {
    await server.fleet.running('a');
    await server.fleet.edit('a', 'quay.io/acme/a:2');
    await server.fleet.render();
    await server.fleet.declareRestore();
    await server.poll('a', says(9));
    await server.fleet.edit('a', 'quay.io/acme/a:3');
    await server.fleet.render();
    const waiting = await parked('a', says(1));
    server.gateway.waiting.lookAt(['a']);
    await server.fleet.resumeNamed('a');
    await server.fleet.render();
    expect(await waiting.answer).toMatchObject({ code: 200, standing: { gate: 'Open' } });
  });

  test('that waits is answered with the spec once the device is resumed and rendered', async () => {
    await server.fleet.paused('a');
    const { answer } = await parked('a', says(4));
    await server.fleet.resumeNamed('a');
    await server.fleet.render();
    expect(await answer).toMatchObject({
      code: 200,
      standing: { verdict: 'Behind', gate: 'Open' },
      body: { metadata: { annotations: { 'device-controller/renderedVersion': '5' } } },
    });
    expect(await server.fleet.report('a', 5)).toMatchObject({ verdict: 'InSync' });
  });

  test('is answered at once when the device is paused again after a resume', async () => {
    await server.fleet.paused('a');
    await server.fleet.resumeNamed('a');
    expect(await server.poll('a', says(6))).toMatchObject({
      code: 204,
      standing: { gate: 'ConflictPaused' },
      text: '',
    });
  });
});

describe('a rendered spec that says nothing', () => {
  test('is sent to no device, whoever rendered it', async () => {
    const empty = await startAgentServer({ env: { MUSTER_POLL_TIMEOUT: '100ms' } });
    onTestFinished(() => empty.close());
    await empty.fleet.running('a');
    const pool = empty.context.database.pool;
    const hash = specHash({});
    await pool.execute(sql`INSERT INTO rendered_specs (hash, spec, created_at) VALUES (${hash}, '{}', now())
      ON CONFLICT DO NOTHING`);
    await pool.execute(sql`UPDATE device_positions SET version = 2, spec_hash = ${hash}`);
    for (const version of [0, 1])
      expect(await empty.poll('a', says(version))).toMatchObject({ code: 204, standing: { gate: 'Open' }, text: '' });
  });
});

describe('a device that is being decommissioned', () => {
  test('gets its order while another restore is mustering', async () => {
    await server.fleet.running('a');
    await decommissionDevice(server.context, { name: 'a', target: 'Unenroll', by });
    await server.fleet.declareRestore();
    await server.fleet.render();
    expect(await server.poll('a', says(1))).toMatchObject({
      code: 200,
      body: { spec: { decommissioning: { target: 'Unenroll' } } },
    });
  });

  const order = async (name: string) => await decommissionDevice(server.context, { name, target: 'Unenroll', by });
  const decommissioning = { decommissioning: { target: 'Unenroll' } };
  const versioned = (version: number) => ({
    annotations: { 'device-controller/renderedVersion': String(version) },
  });

  test('gets it above the version that it runs, which the restored service learns of after the order', async () => {
    await server.fleet.running('a');
    await server.fleet.declareRestore();
    await order('a');
    await server.fleet.render();
    const first = server.poll('a', says(9));
    await until(async () => (await server.fleet.row('a')).state.reported?.version === 9);
    await server.fleet.render();
    expect(await first).toMatchObject({ code: 200, body: { metadata: versioned(10), spec: decommissioning } });
  });

  test('gets it above the version at which it was paused, also on a timeline that is not known here', async () => {
    await server.fleet.running('a');
    await server.fleet.declareRestore();
    const lost = { ...says(9), timeline: foreignTimeline };
    expect((await server.poll('a', lost)).standing).toMatchObject({ gate: 'ConflictPaused' });
    await order('a');
    await server.fleet.render();
    expect(await server.poll('a', lost)).toMatchObject({
      code: 200,
      body: { metadata: versioned(10), spec: decommissioning },
    });
  });

  test('does not get an order of the backup that it is ahead of, until a person gives it again', async () => {
    await server.fleet.running('a');
    await order('a');
    await server.fleet.render();
    await server.fleet.declareRestore();
    expect(await server.fleet.report('a', 9)).toMatchObject({ verdict: 'Ahead', renderPending: false });
    expect(await server.fleet.render()).toBe(0);
    expect(await server.fleet.report('a', 9)).toMatchObject({ verdict: 'Ahead', renderPending: false });
    expect((await readDevice(server.context, 'a')).status?.lifecycle).toMatchObject({
      status: 'Decommissioning',
      info: expect.stringContaining('came with the backup') as unknown,
    });
    await order('a');
    const poll = server.poll('a', says(9));
    await until(async () => (await server.fleet.row('a')).state.reported?.version === 9);
    await server.fleet.render();
    expect(await poll).toMatchObject({ code: 200, body: { metadata: versioned(10), spec: decommissioning } });
    await expect(order('a')).rejects.toThrow('already');
  });
});

describe('a poll of a device that is not known', () => {
  test('is answered 404 in words that do not make an unmodified agent erase itself, and lists the device', async () => {
    await server.fleet.running('other');
    const restore = await server.fleet.declareRestore();
    const answer = await server.poll('lost', { ...says(7), timeline: foreignTimeline });
    expect(answer).toMatchObject({ code: 404, standing: { verdict: null, gate: null, restore } });
    const { message } = statusSchema.parse(answer.body);
    expect(message).toContain('lost');
    expect(message).not.toMatch(/Device of name ["“]?lost["”]? not found/i);
    expect(message).not.toMatch(/not found/i);
    const rows = await server.context.database.pool.execute(
      sql`SELECT name, claimed_version::int FROM unknown_devices`,
    );
    expect([...rows]).toEqual([{ name: 'lost', claimed_version: 7 }]);
  });

  test.each(['A', 'a..b', '-a', 'a%00', 'a'.repeat(254), '%F0%9F%98%80'])(
    'and whose name %j none can have is refused',
    async (name) => {
      expect((await server.poll(name)).code).toBe(400);
      const rows = await server.context.database.pool.execute(sql`SELECT name FROM unknown_devices`);
      expect(rows).toHaveLength(0);
    },
  );
});

describe('a position that is malformed', () => {
  test.each([
    ['a version that is no number', { knownRenderedVersion: 'abc' }, 'knownRenderedVersion'],
    ['a negative version', { knownRenderedVersion: '-1' }, 'knownRenderedVersion'],
    ['a fraction', { knownRenderedVersion: '1.5' }, 'knownRenderedVersion'],
    ['a version beyond 64 bits', { knownRenderedVersion: '18446744073709551617' }, 'knownRenderedVersion'],
    ['a version of a thousand digits', { knownRenderedVersion: '1'.repeat(1_000) }, 'knownRenderedVersion'],
    ['a timeline that is no id', { ...says(1), timeline: 'x' }, 'timeline'],
    ['a hash that is none', { ...says(1), specHash: 'x' }, 'specHash'],
  ])('(%s) is refused with 400 and changes nothing', async (_name, query: Record<string, string | number>, where) => {
    await server.fleet.running('a');
    await server.fleet.declareRestore();
    const before = await positionRow(server.context, 'a');
    const answer = await server.poll('a', query);
    expect(answer.code).toBe(400);
    expect(statusSchema.parse(answer.body).message).toContain(where);
    expect(await positionRow(server.context, 'a')).toEqual(before);
    expect(await keptCounts(server.context)).toMatchObject({ awaiting: 1, answered: 0 });
  });

  test('because a version is given twice is refused', async () => {
    await server.fleet.running('a');
    const answer = await server.call('/devices/a/rendered?knownRenderedVersion=1&knownRenderedVersion=9');
    expect(answer.code).toBe(400);
    expect((await server.fleet.row('a')).state.conflict).toBeNull();
  });
});

describe('more than can be served', () => {
  test('is turned away with 503 and a time to come back', async () => {
    const small = await startAgentServer({ env: { MUSTER_REPORT_QUEUE: '2', MUSTER_POLL_TIMEOUT: '50ms' } });
    onTestFinished(() => small.close());
    await small.fleet.running('a');
    await small.fleet.declareRestore();
    const other = connectTo(small.database);
    const holding = await holdTransaction(other, (tx) => tx.execute(sql`SELECT 1 FROM service_state FOR UPDATE`));
    const first = small.poll('a', says(1));
    await untilWaiting(other);
    const turnedAway: DeviceAnswer[] = [];
    const polls = Array.from({ length: 12 }, async () => {
      const answer = await small.poll('a', says(1));
      if (answer.code !== 204) turnedAway.push(answer);
    });
    await until(() => turnedAway.length === 10);
    for (const { code, headers } of turnedAway) {
      expect(code).toBe(503);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    await holding.commit();
    await Promise.all([first, ...polls]);
    expect(turnedAway).toHaveLength(10);
    await other.close();
  });

  test('because the database is gone is turned away with 503 and a time to come back', async () => {
    const cut = await startAgentServer();
    onTestFinished(() => cut.close());
    await cut.fleet.running('a');
    await until(() => cut.context.queue.isHealthy());
    await cut.database.drop();
    const answer = await cut.poll('a', says(1));
    expect(answer.code).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(statusSchema.parse(answer.body)).toMatchObject({ status: 'Failure', code: 503 });
  });
});

describe('a stopping service', () => {
  test('ends the polls that wait, and does not wait for their connections', async () => {
    const stopping = await startAgentServer();
    await stopping.fleet.running('a', 'b');
    const polls = ['a', 'b'].map((name) => stopping.poll(name, says(1)));
    await until(() => stopping.gateway.waiting.count === 2);
    await stopping.close();
    for (const poll of polls) expect((await poll).code).toBe(204);
  });

  test('ends a poll whose report was still being judged when it began to stop', async () => {
    const stopping = await startAgentServer();
    await stopping.fleet.running('a');
    await stopping.fleet.declareRestore();
    const other = connectTo(stopping.database);
    const holding = await holdTransaction(other, (tx) => tx.execute(sql`SELECT 1 FROM service_state FOR UPDATE`));
    const poll = stopping.poll('a', says(1));
    await untilWaiting(other);
    const stopped = stopping.close();
    await sleep(50);
    await holding.commit();
    await other.close();
    await stopped;
    expect((await poll).code).toBe(204);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Context } from '../../src/context.ts';
import { buildApiApp } from '../../src/api/api-app.ts';
import type { Listener } from '../../src/listener/listener.ts';
import { createLog } from '../../src/logging/log.ts';
import { deviceRequest } from '../support/documents.ts';
import { FleetFixture } from '../support/fleet-fixture.ts';
import { useContext } from '../support/use-fleet.ts';

type Line = Record<string, unknown>;

const lines: Line[] = [];
let app: Listener;

const here = await useContext();
const fleet = new FleetFixture(here);

beforeAll(async () => {
  const log = createLog('info', { stream: { write: (line) => void lines.push(JSON.parse(line) as Line) } });
  const context: Context = { ...here.context, log };
  app = await buildApiApp(context);
});

afterAll(async () => {
  await app.close();
});

beforeEach(() => {
  lines.length = 0;
});

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

const call = async (method: Method, path: string, payload?: object, headers: Record<string, string> = {}) =>
  await app.inject({ method, url: `/api/v1${path}`, headers, ...(payload && { payload }) });

describe('the log of the admin API', () => {
  test('has one line for an action: who did what to what, in which request, and how it ended', async () => {
    const response = await call('POST', '/devices', deviceRequest('a'), { 'x-request-id': 'ticket-4211' });
    expect(response.statusCode).toBe(201);
    expect(lines).toEqual([
      {
        level: 30,
        time: expect.any(String) as string,
        msg: 'done',
        requestId: 'ticket-4211',
        actor: 'user:anonymous',
        from: '127.0.0.1',
        action: 'createDevice',
        device: 'a',
        status: 201,
        ms: expect.any(Number) as number,
      },
    ]);
  });

  test('names the restore that was declared, and why', async () => {
    const response = await call('POST', '/restores', { reason: 'INC-1' });
    const { metadata } = response.json<{ metadata: { name: string } }>();
    expect(lines).toEqual([
      expect.objectContaining({ action: 'declareRestore', restore: metadata.name, reason: 'INC-1', status: 201 }),
    ]);
  });

  test('says whom a resume was meant for, and how many it changed', async () => {
    await fleet.report('a', 7);
    await call('POST', '/deviceactions/resume', { labelSelector: 'site=north' });
    await call('POST', '/deviceactions/resume', { fieldSelector: 'metadata.name=a', reason: 'checked' });
    expect(lines).toEqual([
      expect.objectContaining({ action: 'resumeDevices', labelSelector: 'site=north', devices: 0 }),
      expect.objectContaining({
        action: 'resumeDevices',
        fieldSelector: 'metadata.name=a',
        devices: 1,
        reason: 'checked',
      }),
    ]);
  });

  test('has refusals too', async () => {
    await call('DELETE', '/devices/nobody');
    await call('POST', '/deviceactions/resume', { labelSelector: ' ' });
    expect(lines).toEqual([
      expect.objectContaining({ msg: 'refused', action: 'deleteDevice', device: 'nobody', status: 404 }),
      expect.objectContaining({ msg: 'refused', action: 'resumeDevices', status: 400 }),
    ]);
  });

  test('has no line for a question', async () => {
    await call('GET', '/devices/a');
    await app.inject('/healthz');
    await app.inject('/metrics');
    expect(lines).toEqual([]);
  });
});

describe('the id of a request', () => {
  const idOf = async (given?: string) => {
    const response = await call('GET', '/version', undefined, given === undefined ? {} : { 'x-request-id': given });
    return response.headers['x-request-id'];
  };

  test.each(['4bf92f35', '01ARZ3NDEKTSV4RRFFQ69G5FAV', 'a.b:c/d+e=f_g-h', 'x'.repeat(128)])(
    'is the one that came with it: %j',
    async (given) => {
      expect(await idOf(given)).toBe(given);
    },
  );

  test.each([undefined, '', 'two words', 'a\tb', '{"level":60}', 'ü', 'x'.repeat(129)])(
    'is a new one where %j came',
    async (given) => {
      const id = await idOf(given);
      expect(id).toMatch(/^[0-9a-f-]{36}$/);
      expect(await idOf(given)).not.toBe(id);
    },
  );

  test('is in the answer to what failed as well', async () => {
    const response = await call('GET', '/devices/nobody', undefined, { 'x-request-id': 'ticket-1' });
    expect([response.statusCode, response.headers['x-request-id']]).toEqual([404, 'ticket-1']);
  });
});

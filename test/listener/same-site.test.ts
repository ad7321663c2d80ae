import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { siteProblem } from '../../src/listener/same-site.ts';
import { readRestores } from '../../src/usecases/read-restores.ts';
import { startListeners, type Listeners } from '../support/listeners.ts';
import { RawConnection, readAnswer } from '../support/raw-connection.ts';

describe('a request to a listener without authentication', () => {
  const own = '127.0.0.1:3443';

  test.each([
    [{ host: own }],
    [{ host: 'localhost:3443' }],
    [{ host: '[::1]:3443' }],
    [{ host: '127.8.0.1' }],
    [{ host: 'muster.internal:3443' }],
    [{ host: own, origin: `http://${own}` }],
    [{ host: own, origin: `https://${own}`, 'sec-fetch-site': 'same-origin' }],
    [{ host: own, 'sec-fetch-site': 'none' }],
  ])('is taken up with %j', (headers) => {
    expect(siteProblem(headers, 'muster.internal')).toBeUndefined();
  });

  test.each([
    [{}],
    [{ host: '' }],
    [{ host: 'evil.example:3443' }],
    [{ host: 'localhost.evil.example' }],
    [{ host: '127.0.0.1.evil.example' }],
    [{ host: 'a b' }],
    [{ host: own, origin: 'http://evil.example' }],
    [{ host: own, origin: 'http://127.0.0.1:8080' }],
    [{ host: own, origin: 'null' }],
    [{ host: own, 'sec-fetch-site': 'cross-site' }],
    [{ host: own, 'sec-fetch-site': 'same-site' }],
    [{ host: own, origin: `http://${own}`, 'sec-fetch-site': ['cross-site'] }],
  ])('is refused with %j', (headers) => {
    expect(siteProblem(headers, 'muster.internal')).toEqual(expect.any(String));
  });
});

describe('a page of another site', () => {
  let here: Listeners;
  const evil = 'http://evil.example';

  beforeAll(async () => {
    here = await startListeners();
    await here.fleet.running('device-1');
  });
  afterAll(async () => {
    await here.close();
  });

  const raw = async (base: string, line: string, headers: string) =>
    readAnswer(
      await new RawConnection(base).send(`${line} HTTP/1.1\r\n${headers}\r\nConnection: close\r\n\r\n`).answer,
    );
  const hostOf = (base: string) => `Host: ${new URL(base).host}`;

  test('declares no restore by a form without a body', async () => {
    const answer = await raw(
      here.api,
      'POST /api/v1/restores',
      `${hostOf(here.api)}\r\nOrigin: ${evil}\r\nContent-Length: 0`,
    );
    expect(answer).toMatchObject({ code: 403, body: { reason: 'Forbidden' } });
    expect((await readRestores(here.context, { limit: 1, after: undefined })).items).toEqual([]);
  });

  test('pauses no device by an image', async () => {
    const answer = await raw(
      here.agent,
      'GET /api/v1/devices/device-1/rendered?knownRenderedVersion=99',
      `${hostOf(here.agent)}\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Dest: image`,
    );
    expect(answer.code).toBe(403);
    expect((await here.fleet.row('device-1')).state.conflict).toBeNull();
  });

  test('reads nothing under a name of its own that points here', async () => {
    expect((await raw(here.api, 'GET /api/v1/devices', 'Host: evil.example:3443')).code).toBe(403);
    expect((await raw(here.agent, 'GET /api/v1/devices/device-1/rendered', 'Host: evil.example')).code).toBe(403);
  });

  test('opens no WebSocket', async () => {
    const url = `${here.agent.replace('http', 'ws')}/api/v1/devices/device-1/connect`;
    const socket = new WebSocket(url, 'muster.v1', { origin: evil });
    const refused = await new Promise<string>((resolve) => {
      socket.once('error', (error) => resolve(error.message));
      socket.once('open', () => resolve('open'));
    });
    expect(refused).toContain('403');
  });

  test('is no matter of a program on this machine, which sends none of these headers', async () => {
    expect((await fetch(`${here.api}/api/v1/devices`)).status).toBe(200);
  });
});

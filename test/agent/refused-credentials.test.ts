import { Client } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startListeners, type Listeners } from '../support/listeners.ts';
import { systemClock } from '../../src/time/clock.ts';
import { callOver, type Call } from '../support/tls-client.ts';
import { TrialPki } from '../support/trial-pki.ts';

let pki: TrialPki;
let server: Listeners;

beforeAll(async () => {
  pki = await TrialPki.make();
  const env = { ...pki.env, MUSTER_REFUSED_RATE: '1', MUSTER_POLL_TIMEOUT: '10ms' };
  server = await startListeners(env, { clock: systemClock });
  await server.fleet.create('gateway-1');
});

afterAll(async () => {
  await server.close();
  await pki.remove();
});

const poll: Call = { method: 'GET', path: '/devices/gateway-1/rendered?knownRenderedVersion=0' };
const wrong = { headers: { authorization: 'Bearer wrong' } };

test('credentials are refused unchecked after ten seconds’ worth, while a device beside them goes on', async () => {
  const origin = server.agent.replace('http:', 'https:');
  const { certificate, key } = await pki.device('gateway-1');
  const device = new Client(origin, { connect: { ca: pki.ca, cert: certificate, key } });
  const stranger = new Client(origin, { connect: { ca: pki.ca } });
  try {
    expect((await callOver(device, poll)).code).toBe(204);
    const codes: number[] = [];
    for (let count = 0; count < 20; count += 1) codes.push((await callOver(stranger, poll, wrong)).code);
    expect(codes.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 401));
    expect(codes.at(-1)).toBe(429);
    const last = await callOver(stranger, poll, wrong);
    expect(last).toMatchObject({ code: 429, body: { kind: 'Status', reason: 'TooManyRequests' } });
    expect(Number(last.headers['retry-after'])).toBeGreaterThan(0);
    expect((await callOver(device, poll)).code).toBe(204);
  } finally {
    await Promise.all([device.close(), stranger.close()]);
  }
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createStaticToken, hashOfToken } from '../../src/auth/static-tokens.ts';
import { startListeners, type Listeners } from '../support/listeners.ts';

const token = createStaticToken();
let directory: string;
let server: Listeners;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'muster-logins-'));
  const file = join(directory, 'tokens.json');
  const entry = { name: 'viewer', role: 'viewer', sha256: hashOfToken(token).toString('hex') };
  await writeFile(file, JSON.stringify([entry]), { mode: 0o600 });
  server = await startListeners({ MUSTER_TOKENS_FILE: file, MUSTER_REFUSED_RATE: '1' });
});

afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

test('tokens of one address are refused unchecked after ten seconds’ worth that were wrong', async () => {
  const ask = async (shown: string) => {
    // A connection of its own each time: one on which a token was accepted goes on.
    const headers = { authorization: `Bearer ${shown}`, connection: 'close' };
    return await fetch(`${server.api}/api/v1/devices`, { headers });
  };
  expect((await ask(token)).status).toBe(200);
  const codes: number[] = [];
  for (let count = 0; count < 20; count += 1) codes.push((await ask('wrong')).status);
  expect(codes.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 401));
  const last = await ask(token);
  expect([codes.at(-1), last.status]).toEqual([429, 429]);
  expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await fetch(`${server.api}/healthz`)).status).toBe(200);
});

import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import postgres from 'postgres';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createLocalBus } from '../../src/bus/local-bus.ts';
import { readConfig } from '../../src/config/config.ts';
import { createContext } from '../../src/context.ts';
import { createLog } from '../../src/logging/log.ts';
import { muster } from '../cli/muster-process.ts';
import { createTestDatabase } from '../support/test-database.ts';

vi.setConfig({ testTimeout: 60_000 });

test('a service that cannot listen says why, and ends', async () => {
  const database = await createTestDatabase();
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const { code, stdout, stderr } = await muster(['serve'], {
    env: {
      DATABASE_URL: database.url,
      MUSTER_API_LISTEN: '127.0.0.1:0',
      MUSTER_AGENT_LISTEN: `127.0.0.1:${port}`,
      MUSTER_LOG_LEVEL: 'silent',
    },
  });
  taken.close();
  await database.drop();
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toBe(`error: the service cannot start: listen EADDRINUSE: address already in use 127.0.0.1:${port}\n`);
});

const silentLog = createLog('silent');

/** Connections of the service that a database holds. */
async function openConnections(url: string): Promise<number> {
  const sql = postgres(url, { max: 1, connection: { application_name: 'counting' } });
  const rows = await sql`select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
  await sql.end();
  return rows.length;
}

test('a start that fails after the database was opened leaves no connection behind', async () => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const config = readConfig({ DATABASE_URL: database.url });
  let calls = 0;
  const clock = {
    now() {
      calls += 1;
      throw new Error('no time');
    },
  };
  await expect(createContext(config, silentLog, { clock })).rejects.toThrow('no time');
  expect(calls).toBeGreaterThan(0);
  await vi.waitFor(async () => expect(await openConnections(database.url)).toBe(0));
});

test('what fails to close keeps nothing else open, and is told', async () => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const config = readConfig({ DATABASE_URL: database.url });
  const bus = { ...createLocalBus(), close: () => Promise.reject(new Error('the bus is stuck')) };
  const context = await createContext(config, silentLog, { bus });
  expect(await openConnections(database.url)).toBeGreaterThan(0);
  await expect(context.destroy()).rejects.toThrow('the bus is stuck');
  await vi.waitFor(async () => expect(await openConnections(database.url)).toBe(0));
  await context.destroy();
});

import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';
import { muster } from '../muster-process.ts';

// Every command is a process of its own, which takes its time to start.
vi.setConfig({ testTimeout: 60_000 });

let database: TestDatabase;
/** Nobody listens there. */
let nobody: string;

beforeAll(async () => {
  database = await createTestDatabase();
  nobody = await new Promise<string>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`));
    });
  });
});

afterAll(() => database.drop());

const declare = (env: Record<string, string>, ...words: string[]) =>
  muster(['restore', 'declare', '--idempotency-key', 'job-1', '-o', 'name', ...words], { env });

test('with --database a restore is declared on the database, whatever server is named', async () => {
  const { code, stdout, stderr } = await declare(
    { DATABASE_URL: database.url, MUSTER_SERVER: nobody },
    '--database',
    '--reason',
    'INC-1',
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'Declaring on the database itself\n' });
  // A database alone is enough, and the key declares it once.
  const again = await declare({ DATABASE_URL: database.url }, '--reason', 'INC-1');
  expect(again).toEqual({ code: 0, stdout, stderr });
});

test.each([['DATABASE_URL'], ['DB_PASSWORD']])(
  'where no server answers and %s is given, the message says how to declare on the database',
  async (variable) => {
    const { code, stderr } = await declare({ [variable]: 'anything', MUSTER_SERVER: nobody });
    expect(code).toBe(4);
    expect(stderr).toContain('connection refused');
    expect(stderr).toContain('declare on the database itself: muster restore declare --database');
  },
);

test('where no server answers and no database is given, the message does not speak of one', async () => {
  const { code, stderr } = await declare({ MUSTER_SERVER: nobody });
  expect(code).toBe(4);
  expect(stderr).not.toContain('--database');
});

test('a server and the database together are refused', async () => {
  const { code, stderr } = await declare({ DATABASE_URL: database.url }, '--database', '--server', nobody);
  expect(code).toBe(2);
  expect(stderr).toContain('--database declares without a server: leave out --server');
});

import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { createLog } from '../../src/logging/log.ts';
import { useContext } from '../support/use-fleet.ts';

const here = await useContext();

test.each([
  ['a document', JSON.stringify({ spec: { password: 'hunter2', motd: 'a\n    at hunter2 "b"' } })],
  ['a text of several lines', 'one\nhunter2\n"hunter2"'],
])('a query that failed is logged without %s that it was run with', async (_what, value) => {
  const failure = await here.context.database.pool
    .execute(sql`SELECT ${value}::text FROM nowhere`)
    .catch((error: unknown) => error);
  const lines: string[] = [];
  const log = createLog('info', { stream: { write: (line) => lines.push(line) } });
  log.error({ err: failure }, 'request failed');
  log.warn({ error: String(failure) }, 'something failed');
  expect(lines.join('')).not.toContain('hunter2');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { err: { message: expect.stringContaining('FROM nowhere'), stack: expect.stringContaining('    at ') } },
    { error: expect.stringContaining('params: [hidden]') },
  ]);
});

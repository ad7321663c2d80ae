import { expect, test, vi } from 'vitest';
import { createTestDatabase } from '../support/test-database.ts';
import { muster } from './muster-process.ts';

vi.setConfig({ testTimeout: 120_000 });

const freePorts = ['--api-listen', '127.0.0.1:0', '--agent-listen', '127.0.0.1:0'];

test('muster doctor exits 0 with a line for each thing that is well, and its verdict on standard error', async () => {
  const database = await createTestDatabase();
  const { code, stdout, stderr } = await muster(['doctor', ...freePorts], { env: { DATABASE_URL: database.url } });
  await database.drop();
  expect([code, stderr]).toEqual([0, expect.stringMatching(/^0 problems, \d+ warnings?\n$/) as string]);
  expect(stdout).toMatch(/^ok {7}configuration {3}every setting can be used$/m);
  expect(stdout).toMatch(/^ok {7}listeners {7}MUSTER_API_LISTEN: a free port/m);
});

test('muster doctor exits 1 where there is a problem, and says what to do below it', async () => {
  const env = { DATABASE_URL: 'postgres://muster:hush-hush@127.0.0.1:1/muster', MUSTER_WORKER: 'perhaps' };
  const wrong = await muster(['doctor', ...freePorts], { env });
  expect([wrong.code, wrong.stderr]).toEqual([1, '1 problem, 0 warnings\n']);
  expect(wrong.stdout).toMatch(/^problem {2}configuration {3}MUSTER_WORKER: expected true or false\n {25}\S/m);
  // A flag wins over the environment, as for muster serve.
  const away = await muster(['doctor', ...freePorts, '--worker', 'true', '--json'], { env });
  const report = JSON.parse(away.stdout) as { problems: number; findings: Array<Record<string, string>> };
  expect([away.code, away.stderr, report.problems]).toEqual([1, '', 1]);
  expect(report.findings).toContainEqual({
    area: 'database',
    level: 'problem',
    found: expect.stringContaining('muster on 127.0.0.1:1 cannot be used') as string,
    advice: expect.stringContaining('Check that the server runs') as string,
  });
  expect(away.stdout).not.toContain('hush-hush');
});

import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { muster, startMuster } from '../cli/muster-process.ts';

// A whole PostgreSQL and the whole story, on a machine that has other things to do.
vi.setConfig({ testTimeout: 300_000 });

let temporary: string;

beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'muster-demo-test-'));
  // PostgreSQL does not run as root: another user must be able to enter.
  await chmod(temporary, 0o755);
});

afterAll(() => rm(temporary, { recursive: true, force: true }));

/** The directories of demos; the loader of TypeScript keeps one of its own there. */
const left = async () => (await readdir(temporary)).filter((name) => name.startsWith('muster-demo-'));

test('the story holds in every number, ends with one line of JSON, and leaves nothing behind', async () => {
  const ended = await muster(['demo', '--devices', '60', '--json'], { env: { TMPDIR: temporary } });
  expect(ended).toMatchObject({ code: 0 });
  const { stdout, stderr } = ended;
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  expect(JSON.parse(stdout)).toEqual({
    devices: 60,
    ahead: 6,
    awaitingAfterRestore: 63,
    conflictPaused: 6,
    normal: 54,
    lostEdits: 8,
    replayed: 5,
    unchangedByResume: 6,
    deliveredWhilePaused: 0,
    resumed: 6,
    renderedAfterResume: 6,
    removedUnordered: 0,
    seconds: expect.any(Number) as number,
  });
  expect(stderr).toContain('All numbers hold');
  expect(stderr).toMatch(/demo-\d\d +\w+ +(HTTP|WebSocket) +Ahead +version 7 +version 5/);
  expect(stderr).toMatch(/-.*plain-os:3[^]*\+.*plain-os:1/);
  expect(stderr).toMatch(/mode: 0644/);
  expect(stderr).toContain('What the devices have');
  expect(stderr).toContain('it is listed with the position that it claims: version 1');
  expect(stderr).toMatch(/muster_unknown_device_reports_total +0 → [1-9]/);
  expect(await left()).toEqual([]);
});

test('kept running it says where, keeps on until it is interrupted, and its data stays', async () => {
  const demo = startMuster(['demo', '--devices', '10', '--json', '--keep'], { env: { TMPDIR: temporary } });
  await demo.writes(/^\{.*\}$/m);
  const [, api = ''] = await untilSaid(() => /muster --server (\S+) get devices/.exec(demo.stderr()));
  const shown = await muster(['--server', api, 'get', 'devices', '-o', 'name']);
  // And those that were registered beside them.
  expect(shown.stdout.trimEnd().split('\n')).toHaveLength(10 + 1 + 5);
  await demo.interrupt();
  const [kept] = await left();
  expect(demo.stderr()).toContain(`--data-dir ${join(temporary, kept ?? 'nothing')}`);
  await rm(join(temporary, kept ?? 'nothing'), { recursive: true });
});

test('interrupted half-way it clears away and says so by its exit code', async () => {
  const demo = startMuster(['demo', '--devices', '20'], { env: { TMPDIR: temporary } });
  await demo.writes(/The devices connect/);
  expect(await demo.interrupt()).toMatchObject({ code: 130 });
  expect(await left()).toEqual([]);
});

test('interrupted twice it ends at once, and still leaves nothing behind', async () => {
  const demo = startMuster(['demo', '--devices', '20'], { env: { TMPDIR: temporary } });
  await demo.writes(/The devices connect/);
  demo.process.kill('SIGINT');
  await untilSaid(() => /again to leave at once/.exec(demo.stderr()));
  expect(await demo.interrupt()).toMatchObject({ code: 130 });
  expect(await left()).toEqual([]);
});

test.each([['9'], ['20001']])('%s devices are refused before anything starts', async (devices) => {
  expect(await muster(['demo', '--devices', devices])).toMatchObject({ code: 2, stdout: '' });
});

async function untilSaid(look: () => RegExpExecArray | null): Promise<RegExpExecArray> {
  for (;;) {
    const found = look();
    if (found !== null) return found;
    await new Promise((done) => setTimeout(done, 50));
  }
}

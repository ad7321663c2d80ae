import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startMuster } from './muster-process.ts';
import { deviceYaml, startServer, type MusterServer } from './muster-server.ts';

// Every command is a process of its own, which takes its time to start.
vi.setConfig({ testTimeout: 120_000 });

let server: MusterServer;

/** Those that come back from a restore ahead of the server, in the order in which the tests below decide about them. */
const ahead = ['ahead-1', 'ahead-2', 'ahead-3', 'ahead-4', 'ahead-5', 'ahead-6'];
const all = [...ahead, 'behind-1', 'lost-1'];
const newerSpec = { os: { image: 'quay.io/acme/os:9' } };

beforeAll(async () => {
  server = await startServer();
  const site = (name: string) => (['ahead-2', 'ahead-3'].includes(name) ? 'north' : 'south');
  const documents = all.map((name) => deviceYaml(name, { site: site(name) })).join('\n---\n');
  await server.muster(['apply', '-f', '-'], documents);
  for (const name of all) {
    await server.rendered(name, 1);
    await server.report(name, 1);
  }
});

afterAll(() => server.stop());

const resumed = (count: number) => `Resume operation completed:\n  Devices resumed: ${count}\n`;

test('before any restore there is nothing to show', async () => {
  expect(await server.muster(['restore', 'status'])).toMatchObject({ code: 1, stdout: '' });
});

test('a restore is declared once for one key, and every device is awaited', async () => {
  const declare = [
    'restore',
    'declare',
    '--reason',
    'INC-1',
    '--artifact',
    's3://backups/1',
    '--idempotency-key',
    'job-7',
  ];
  const first = await server.muster([...declare, '-o', 'name']);
  expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(/^restore\/[0-9a-f-]{36}\n$/) as string });
  expect((await server.muster([...declare, '-o', 'name'])).stdout).toBe(first.stdout);
  const awaited = await server.muster([
    'get',
    'dev',
    '--field-selector=status.summary.status=AwaitingReconnect',
    '-o',
    'name',
  ]);
  expect(awaited.stdout).toBe(
    all
      .toSorted()
      .map((name) => `device/${name}\n`)
      .join(''),
  );
  const table = (await server.muster(['get', 'restores'])).stdout;
  expect(table).toMatch(
    /^NAME +PHASE +DECLARED +TOTAL +AWAITING +PAUSED +REASON\n\S+ +Mustering +\w+ +8 +8 +0 +INC-1\n$/,
  );
});

test('the status counts who has answered, and its watch follows until time is up', async () => {
  const watch = startMuster(['restore', 'status', '--watch', '--timeout', '20s'], { env: server.env });
  await watch.writes(/^Muster: 0\/8 answered, 0 paused; Mustering$/m);
  for (const name of ahead) {
    if (name === 'ahead-1' || name === 'ahead-6') await server.reportSpec(name, 5, newerSpec);
    else await server.report(name, 5);
  }
  await server.report('behind-1', 0);
  await watch.writes(/^Muster: 7\/8 answered, 6 paused; Mustering$/m);
  await watch.interrupt();
  const { stdout } = await server.muster(['restore', 'status']);
  expect(stdout).toMatch(/^Phase +Mustering$/m);
  expect(stdout).toMatch(/^Reason +INC-1$/m);
  expect(stdout).toMatch(/^ +Awaiting reconnect +1$/m);
  expect(stdout).toMatch(/^ +Paused +6$/m);
  expect(stdout).toMatch(/^\[#+-+\] 87 % 7\/8 answered, 6 paused; Mustering$/m);
});

test('diff shows why a device is paused and what resuming would change', async () => {
  const { code, stdout } = await server.muster(['diff', 'device', 'ahead-1']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Verdict: +Ahead$/m);
  expect(stdout).toMatch(/^- .*quay\.io\/acme\/os:9$/m);
  expect(stdout).toMatch(/^\+ .*quay\.io\/acme\/os:1$/m);
  const document = JSON.parse((await server.muster(['diff', 'device/ahead-2', '-o', 'json'])).stdout) as object;
  expect(document).toMatchObject({ kind: 'DeviceConflict', difference: null });
  expect(await server.muster(['diff', 'device', 'behind-1'])).toMatchObject({ code: 1, stdout: '' });
});

test('a dry run names whom a resume would be about and resumes nobody', async () => {
  const { code, stdout } = await server.muster(['resume', 'devices', '--all', '--dry-run']);
  expect(code).toBe(0);
  expect(stdout).toBe(
    `Dry run, nothing was changed:\n  Devices that would be resumed: 6\n${ahead.map((name) => `    ${name}\n`).join('')}`,
  );
  expect(
    (await server.muster(['resume', 'devices', '-l', 'site=north', '--dry-run', '--limit', '1'])).stdout,
  ).toContain('would be resumed: 1\n    ahead-2\n');
});

test('a named device is resumed in either form, and one that needs none exits 1', async () => {
  expect(await server.muster(['resume', 'device', 'ahead-4', '--reason', 'looked at it'])).toEqual({
    code: 0,
    stdout: resumed(1),
    stderr: '',
  });
  expect(await server.muster(['resume', 'device/ahead-5'])).toMatchObject({ code: 0, stdout: resumed(1) });
  const again = await server.muster(['resume', 'device', 'ahead-5']);
  expect(again).toMatchObject({ code: 1, stdout: resumed(0) });
  expect(again.stderr).toContain('device ahead-5 is not paused');
  const events = await server.muster([
    'get',
    'events',
    '--field-selector',
    'involvedObject.name=ahead-4,reason=DeviceConflictResolved',
  ]);
  expect(events.stdout).toContain('looked at it');
});

test('a device that is not there is not resumed', async () => {
  const { code, stderr } = await server.muster(['resume', 'device', 'ghost']);
  expect([code, stderr]).toEqual([1, 'error: device ghost is not known here\n']);
});

test('a bulk resume that matches nobody says so and exits 0', async () => {
  const { code, stdout, stderr } = await server.muster(['resume', 'devices', '-l', 'site=nowhere']);
  expect([code, stdout]).toEqual([0, resumed(0)]);
  expect(stderr).toContain('No device that matches is paused');
});

test('a bulk resume takes both selectors, and a selector that does not parse resumes nobody', async () => {
  const broken = await server.muster(['resume', 'devices', '-l', 'site in (']);
  expect(broken).toMatchObject({ code: 1, stdout: '' });
  expect(broken.stderr).toContain('labelSelector');
  const done = await server.muster([
    'resume',
    'device',
    '--selector',
    'site=north',
    '--field-selector',
    'metadata.name!=ahead-2',
  ]);
  expect(done).toMatchObject({ code: 0, stdout: resumed(1) });
  const paused = await server.muster([
    'get',
    'devices',
    '--field-selector',
    'status.summary.status=ConflictPaused',
    '-o',
    'name',
  ]);
  expect(paused.stdout).toBe('device/ahead-1\ndevice/ahead-2\ndevice/ahead-6\n');
});

test('adopt takes the spec a device runs, and says who has not sent one', async () => {
  const { code, stdout, stderr } = await server.muster([
    'adopt',
    'devices',
    '--field-selector',
    'metadata.name in (ahead-1,ahead-2)',
  ]);
  expect([code, stdout]).toEqual([3, 'Adopt operation completed:\n  Devices adopted: 1\n']);
  expect(stderr).toContain('have not sent the spec they run: ahead-2');
  expect(await server.get('/devices/ahead-1')).toMatchObject({ spec: newerSpec });
});

test('a resume with --wait ends when the device runs what was rendered for it', async () => {
  const waiting = startMuster(['resume', 'device', 'ahead-2', '--wait', '--timeout', '60s'], { env: server.env });
  await waiting.writes(/Devices resumed: 1/);
  await server.rendered('ahead-2', 6);
  await server.report('ahead-2', 6);
  expect(await Promise.race([waiting.ended, sleep(2_500)])).toBeUndefined();
  await server.applied('ahead-2', 6);
  expect(await waiting.ended).toMatchObject({ code: 0, stderr: expect.stringContaining('Up to date: 1/1') as string });
});

test('a resume with --wait fails with the reason where the device failed to apply it, and not for what failed before', async () => {
  const failed = (message: string) => ({
    type: 'Updating',
    status: 'False',
    reason: 'Error',
    message,
    lastTransitionTime: new Date().toISOString(),
  });
  await server.applied('ahead-2', 6, [failed('no such image')]);
  await server.report('ahead-2', 16);
  const waiting = startMuster(['resume', 'device', 'ahead-2', '--wait', '--timeout', '60s'], { env: server.env });
  await waiting.writes(/Devices resumed: 1/);
  await server.rendered('ahead-2', 17);
  expect(await Promise.race([waiting.ended, sleep(5_000)])).toBeUndefined();
  await server.report('ahead-2', 17);
  await server.applied('ahead-2', 6, [failed('no space left on device')]);
  const { code, stderr } = await waiting.ended;
  expect(code).toBe(3);
  expect(stderr).toContain('no space left on device');
  expect(stderr).toContain('until it restarts');
});

test('a wait that takes too long ends with 1 and says what is missing', async () => {
  const { code, stdout, stderr } = await server.muster(['resume', 'devices', '--all', '--wait', '--timeout', '200ms']);
  expect([code, stdout]).toEqual([1, resumed(1)]);
  expect(stderr).toContain('timed out: 1 of 1 device not up to date: ahead-6');
});

test('a restore that is declared with --wait ends when the last device is written off', async () => {
  const waiting = startMuster(['restore', 'declare', '--reason', 'again', '--wait', '--timeout', '60s'], {
    env: server.env,
  });
  await waiting.writes(/Restore declared: [0-9a-f-]{36}\n {2}Devices that must answer: 8\n/);
  for (const name of [...ahead, 'behind-1']) await server.report(name, 1);
  expect(await server.muster(['decommission', 'device', 'lost-1'])).toMatchObject({ code: 0 });
  const { code, stderr } = await waiting.ended;
  expect(code).toBe(0);
  expect(stderr).toContain('7/7 answered');
  expect(stderr).toMatch(/restore \S+ has settled\n$/);
});

test('the report is Markdown, or a document', async () => {
  const { stdout } = await server.muster(['restore', 'report']);
  expect(stdout).toMatch(/^# Restore [0-9a-f-]{36}$/m);
  const document = JSON.parse((await server.muster(['restore', 'report', 'current', '-o', 'json'])).stdout) as object;
  expect(document).toMatchObject({ kind: 'RestoreReport', spec: { reason: 'again' } });
});

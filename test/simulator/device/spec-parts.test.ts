import { describe, expect, test } from 'vitest';
import { noon, app, document, file, filesSpec, WatchedAgent } from './watched-agent.ts';

// flight-control.md, section 1.5: what the parts of a spec mean.

const a = file('/etc/a', 'a');
const whole = {
  ...filesSpec(a),
  applications: [app('x')],
  systemd: { matchPatterns: ['chronyd.service'] },
  resources: [{ monitorType: 'CPU', samplingInterval: '5s', alertRules: [] }],
};

function given(spec: object, osMode: 'image' | 'package' = 'package'): WatchedAgent {
  const watched = new WatchedAgent({ osMode });
  watched.take(1, spec);
  return watched;
}

/** The error that a version ends with. */
function failureOf(watched: WatchedAgent, spec: object): string {
  const before = { files: watched.files, applications: watched.applications };
  watched.take(watched.versions[0] + 1, spec);
  expect({ files: watched.files, applications: watched.applications }).toEqual(before);
  const { updating } = watched.agent;
  return updating.status === 'False' && updating.reason === 'Error' ? updating.message : 'none';
}

describe('absent and empty are the same, and mean none', () => {
  test.each([
    ['{}', {}],
    ['empty lists', { config: [], applications: [], systemd: { matchPatterns: [] }, resources: [] }],
    ['null', { config: null, applications: null, systemd: null, resources: null }],
    ['a provider without files', { config: [{ name: '', inline: [] }] }],
  ])('%s takes away all that the current spec listed', (_what, spec) => {
    const watched = given(whole);
    expect(watched.files).toEqual({ '/etc/a': 'a' });
    expect(watched.status['systemd']).toMatchObject([{ unit: 'chronyd.service' }]);
    watched.take(2, spec);
    expect(watched.files).toEqual({});
    expect(watched.applications).toEqual([]);
    expect(watched.machine.settings.size).toBe(0);
    expect(watched.status).not.toHaveProperty('systemd');
    expect(watched.passes.at(-1)?.changes.map(({ kind, action }) => `${kind} ${action}`)).toEqual([
      'application removed',
      'file removed',
      'setting removed',
      'setting removed',
    ]);
  });

  test('without an image the booted one stays', () => {
    const watched = given({ os: { image: 'quay.io/acme/os:1' } }, 'image');
    watched.take(2, {});
    expect(watched.machine.bootedImage).toBe('quay.io/acme/os:1');
  });
});

describe('config', () => {
  test('of several providers only the first counts', () => {
    const watched = given({ config: [...filesSpec(a).config, { name: 'later', inline: [file('/etc/b', 'b')] }] });
    expect(watched.files).toEqual({ '/etc/a': 'a' });
  });

  test('behind a reference in the first place nothing is applied, and the files of before go', () => {
    const watched = given(filesSpec(a));
    const reference = { name: 'r', gitRef: { repository: 'r', targetRevision: 'main', path: '/' } };
    watched.take(2, { config: [reference, ...filesSpec(a).config] });
    expect(watched.files).toEqual({});
    expect(watched.agent.updating).toMatchObject({ status: 'False', reason: 'Updated' });
  });

  test('a file has the mode, user and group that the spec says, and 0644, root and root otherwise', () => {
    const watched = new WatchedAgent();
    watched.machine.accounts.add('app');
    watched.take(1, filesSpec(a, file('/etc/b', 'b', { mode: 0o4755, user: 'app', group: '1001' })));
    expect(watched.machine.files.get('/etc/a')).toMatchObject({ mode: 0o644, user: 'root', group: 'root' });
    expect(watched.machine.files.get('/etc/b')).toMatchObject({ mode: 0o4755, user: 'app', group: '1001' });
  });

  test('the mode 644 that a YAML of another time makes of 0644 is another mode', () => {
    const watched = given(filesSpec(a));
    watched.take(2, filesSpec({ ...a, mode: 644 }));
    expect(watched.machine.files.get('/etc/a')?.mode.toString(8)).toBe('1204');
    expect(watched.passes.at(-1)?.changes).toEqual([{ kind: 'file', name: '/etc/a', action: 'changed' }]);
  });

  test.each([
    ['a mode as text', filesSpec({ ...a, mode: '0644' })],
    ['a mode with a fraction', filesSpec({ ...a, mode: 420.5 })],
    ['content that is no text', filesSpec({ path: '/etc/a', content: 1 })],
    ['a config that is no list', { config: {} }],
    ['a spec that is no object', 'spec'],
  ])('%s is an error, and nothing is applied', (_what, spec) => {
    const watched = given(filesSpec(a));
    expect(watched.take(2, spec)).toMatchObject({ kind: 'error' });
    expect(watched.files).toEqual({ '/etc/a': 'a' });
    expect(watched.versions).toEqual([1, 1]);
  });

  test('content in base64 is decoded, of any bytes', () => {
    const bytes = Buffer.from([0, 200, 255, 10]);
    const watched = given(filesSpec(file('/etc/a', bytes.toString('base64'), { contentEncoding: 'base64' })));
    expect(Buffer.from(watched.machine.files.get('/etc/a')?.bytes ?? '', 'latin1')).toEqual(bytes);
  });

  test.each([
    ['a relative path', filesSpec(file('etc/a', ''))],
    ['bad base64', filesSpec(file('/etc/a', '?', { contentEncoding: 'base64' }))],
    ['an unknown encoding', filesSpec(file('/etc/a', '', { contentEncoding: 'gzip' }))],
    ['a user that the device lacks', filesSpec(file('/etc/a', '', { user: 'nobody-here' }))],
    ['a directory at the path', filesSpec(file('/etc', ''))],
    ['a file on the way to the path', filesSpec(file('/etc/a/b', ''))],
  ])('%s fails the version', (_what, spec) => {
    expect(failureOf(given(filesSpec(a)), spec)).not.toBe('none');
  });

  test('files that were never in a spec are not touched, and directories stay', () => {
    const watched = new WatchedAgent();
    watched.write('/etc/by-hand', 'mine');
    watched.take(1, filesSpec(file('/etc/acme/a', 'a')));
    watched.take(2, {});
    expect(watched.files).toEqual({ '/etc/by-hand': 'mine' });
    expect(watched.machine.directories.has('/etc/acme')).toBe(true);
  });

  test('a file changed by hand is repaired when the current spec is applied again', () => {
    const watched = given(filesSpec(a));
    watched.write('/etc/a', 'by hand');
    watched.wait(40);
    expect(watched.files).toEqual({ '/etc/a': 'a' });
    expect(watched.passes.at(-1)).toMatchObject({
      cause: 're-application',
      changes: [{ kind: 'file', name: '/etc/a', action: 'changed' }],
    });
  });
});

describe('applications', () => {
  test('go by their name, or by their image without one', () => {
    const watched = given({ applications: [app('x'), { appType: 'container', image: 'quay.io/a/c:1' }] });
    expect(watched.applications).toEqual(['x', 'quay.io/a/c:1']);
    watched.take(2, { applications: [app('x', { image: 'quay.io/a/b:2' })] });
    expect(watched.passes.at(-1)?.changes).toEqual([
      { kind: 'application', name: 'quay.io/a/c:1', action: 'removed' },
      { kind: 'application', name: 'x', action: 'changed' },
    ]);
  });

  test.each(['container', 'compose', 'quadlet', 'helm'])('of type %s are known', (appType) => {
    expect(given({ applications: [app('x', { appType })] }).applications).toEqual(['x']);
  });

  test.each([
    ['of type vm', app('x', { appType: 'vm' })],
    ['of an unknown type', app('x', { appType: 'flatpak' })],
    ['from a catalog, which only the service can resolve', { name: 'x', appType: 'container', catalogItemRef: {} }],
    ['with inline content and no name', { appType: 'compose', inline: [file('compose.yaml', '')] }],
  ])('%s fail the version for good, and keep a good file from being written', (_what, application) => {
    const spec = { ...filesSpec(file('/etc/good', '')), applications: [application] };
    expect(failureOf(given(filesSpec(a)), spec)).not.toBe('none');
  });

  test('are stopped and started without being another application', () => {
    const watched = given({ applications: [app('x')] });
    const { definition } = watched.machine.applications.get('x') ?? {};
    watched.take(2, { applications: [app('x', { desiredState: 'stopped' })] });
    expect(watched.machine.applications.get('x')).toMatchObject({ definition, isRunning: false });
    expect(watched.status['applications']).toMatchObject([{ name: 'x', status: 'Stopped' }]);
  });
});

describe('the operating system', () => {
  const os = { os: { image: 'quay.io/acme/os:2' } };

  test('cannot be changed in package mode: the version fails for good', () => {
    expect(failureOf(given(filesSpec(a)), { ...filesSpec(file('/etc/good', '')), ...os })).toContain('package mode');
  });

  test('is booted in image mode, with Rebooting on the way, and what failed before is forgotten', () => {
    const watched = new WatchedAgent({ osMode: 'image' });
    watched.take(1, { applications: [app('x', { appType: 'vm' })] });
    watched.take(2, { ...filesSpec(a), ...os });
    expect(watched.machine.bootedImage).toBe('quay.io/acme/os:2');
    expect(watched.conditions.slice(-2)).toEqual(['True/Rebooting', 'False/Updated']);
    expect(watched.machine.boots).toBe(2);
    expect(watched.versions).toEqual([2, 2]);
  });

  test('comes up also where the agent ends before the boot, and a newer document does not come in between', () => {
    const watched = given(filesSpec(a), 'image');
    watched.agent.take(document(2, { ...filesSpec(file('/etc/b', 'b')), ...os }));
    watched.agent.work();
    expect(watched.machine.booting).toMatchObject({ delivered: { position: { version: 2 } } });
    watched.restart();
    expect(watched.machine).toMatchObject({ bootedImage: os.os.image, booting: undefined });
    expect(watched.versions).toEqual([2, 2]);
    watched.take(3, { ...filesSpec(file('/etc/c', 'c')), ...os });
    expect(watched.files).toEqual({ '/etc/c': 'c' });
  });

  test('that does not come up is rolled back, and that version is not tried again even after a restart', () => {
    const watched = given(filesSpec(a), 'image');
    watched.machine.unbootableImages.add(os.os.image);
    watched.take(2, { ...filesSpec(file('/etc/b', 'b')), ...os });
    expect(watched.files).toEqual({ '/etc/a': 'a' });
    expect(watched.agent.updating).toMatchObject({ status: 'False', reason: 'Error' });
    watched.restart();
    expect(watched.versions).toEqual([1, 1]);
    expect(watched.take(2, os)).toMatchObject({ kind: 'dropped', why: 'failed before' });
    expect(watched.take(3, filesSpec(a))).toMatchObject({ kind: 'queued' });
  });
});

test.each(['*', '*.service'])(
  'the systemd pattern %j fails the version: it must be a regular expression too',
  (pattern) => {
    expect(failureOf(given(filesSpec(a)), { systemd: { matchPatterns: [pattern] } })).toContain('cannot be compiled');
  },
);

describe('the update policy', () => {
  const at = (hour: number) => ({ at: `0 ${hour} * * *`, timeZone: 'UTC', startGraceDuration: '1h' });

  test.each([
    ['in the update window', { updateSchedule: at(12) }, [1, 1]],
    ['outside it', { updateSchedule: at(20) }, [1, 0]],
    ['outside the download window', { downloadSchedule: at(2) }, [1, 0]],
  ])('%s a version is applied or waits', (_what, updatePolicy, versions) => {
    expect(given({ ...filesSpec(a), updatePolicy }).versions).toEqual(versions);
  });

  test('is enforced by the agent: the files are as before until the window opens', () => {
    const watched = given(filesSpec(a));
    watched.take(2, { ...filesSpec(), updatePolicy: { updateSchedule: at(13) } });
    watched.wait(55 * 60);
    expect(watched.files).toEqual({ '/etc/a': 'a' });
    expect(watched.agent.updating).toMatchObject({ status: 'True', reason: 'Preparing' });
    watched.wait(12 * 60);
    expect(watched.files).toEqual({});
    expect(watched.nowMs).toBeLessThan(noon + 2 * 3_600_000);
  });
});

test('a decommission is reported as Started, then Completed; certificate and notes go, and what runs stays', () => {
  const watched = given(filesSpec(a));
  watched.machine.certificate = 'certificate';
  const said: unknown[] = [];
  watched.agent.take({
    metadata: { annotations: { 'device-controller/renderedVersion': '2' } },
    spec: { decommissioning: { target: 'Unenroll' } },
  });
  while (watched.agent.workDueMs <= watched.nowMs) {
    watched.agent.work();
    said.push(watched.agent.decommission);
  }
  expect(said).toEqual([undefined, 'Started', 'Completed', 'Completed']);
  expect(watched.machine).toMatchObject({ certificate: undefined, isDecommissioned: true });
  expect(watched.machine.notes.current).toBeUndefined();
  expect(watched.status).toMatchObject({
    summary: { status: 'Error' },
    conditions: [
      { type: 'Updating', status: 'False', reason: 'Error' },
      { type: 'DeviceDecommissioning', status: 'True', reason: 'Completed' },
    ],
  });
  expect(watched.files).toEqual({ '/etc/a': 'a' });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { startMuster } from './muster-process.ts';
import { deviceYaml, startServer, type MusterServer } from './muster-server.ts';

// Every command is a process of its own, which takes its time to start.
vi.setConfig({ testTimeout: 120_000 });

let server: MusterServer;
let scratch: string;

const documents = `# a fleet and its devices
apiVersion: flightctl.io/v1beta1
kind: Fleet
metadata: { name: edge }
spec:
  selector: { matchLabels: { fleet: edge } }
  template: { spec: { os: { image: quay.io/acme/os:2 } } }
---
${deviceYaml('north-1', { site: 'north', alias: 'first' })}
---
${deviceYaml('south-1', { site: 'south' })}
---
apiVersion: flightctl.io/v1beta1
kind: Device
metadata: { name: owned-1, labels: { fleet: edge } }
`;

beforeAll(async () => {
  [server, scratch] = await Promise.all([startServer(), mkdtemp(join(tmpdir(), 'muster-cli-'))]);
  await writeFile(join(scratch, 'all.yaml'), documents);
});

afterAll(async () => {
  await server.stop();
  await rm(scratch, { recursive: true });
});

const lines = (text: string): string[] => text.trimEnd().split('\n');

test('apply creates what is not there, and a second time changes nothing', async () => {
  const first = await server.muster(['apply', '-f', join(scratch, 'all.yaml')]);
  expect(first).toEqual({
    code: 0,
    stdout: 'fleet/edge created\ndevice/north-1 created\ndevice/south-1 created\ndevice/owned-1 created\n',
    stderr: '',
  });
  const second = await server.muster(['apply', '-f', scratch]);
  expect(lines(second.stdout).slice(0, 3)).toEqual([
    'fleet/edge unchanged',
    'device/north-1 unchanged',
    'device/south-1 unchanged',
  ]);
  expect(second.code).toBe(0);
});

test('apply reads what get prints, and tells a change from none', async () => {
  const got = await server.muster(['get', 'device', 'north-1', '-o', 'yaml']);
  const same = await server.muster(['apply', '-f', '-'], got.stdout);
  expect(same).toMatchObject({ code: 0, stdout: 'device/north-1 unchanged\n' });
  const other = await server.muster(['apply', '-f', '-'], got.stdout.replace('alias: first', 'alias: number-one'));
  expect(other).toMatchObject({ code: 0, stdout: 'device/north-1 configured\n' });
  const device = await server.get('/devices/north-1');
  expect(device).toMatchObject({
    metadata: { labels: { alias: 'number-one' } },
    spec: { os: { image: 'quay.io/acme/os:1' } },
  });
});

test('apply goes on after a document that fails, says which it was, and exits 3', async () => {
  const input = [
    'kind: Sprocket\nmetadata: { name: x }',
    'a: [b',
    '{"kind":"Device"}',
    deviceYaml('late-1'),
    deviceYaml('Not_A_Name'),
  ];
  const { code, stdout, stderr } = await server.muster(
    ['apply', '-f', '-', '-f', join(scratch, 'nowhere.yaml')],
    input.join('\n---\n'),
  );
  expect(stdout).toBe('device/late-1 created\n');
  expect(lines(stderr)).toEqual([
    'error: standard input, line 1: x: expected kind Device, Fleet, EnrollmentRequest, or CertificateSigningRequest, found "Sprocket"',
    expect.stringContaining('error: standard input, line 4: Flow sequence'),
    'error: standard input, line 6: expected metadata with a name',
    expect.stringMatching(/^error: standard input, line 10: device\/Not_A_Name: .*name/),
    expect.stringContaining('nowhere.yaml: ENOENT'),
    'error: 5 of 6 documents failed; applied: device/late-1',
  ]);
  expect(code).toBe(3);
  await server.muster(['delete', 'device/late-1']);
});

test('apply says where the templates of a fleet are broken, each on a line', async () => {
  const fleet = `apiVersion: flightctl.io/v1beta1
kind: Fleet
metadata: { name: broken }
spec:
  template:
    spec:
      os: { image: 'quay.io/acme/os:{{ .metadata.labels.version' }
      config:
        - name: motd
          inline:
            - path: /etc/motd
              content: |
                Hi {{ .metadata.name }}
                at {{ trim .metadata.labels.site }}
`;
  const { code, stdout, stderr } = await server.muster(['apply', '-f', '-'], fleet);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(lines(stderr)).toEqual([
    'error: standard input, line 1: fleet/broken: the fleet is not valid:',
    '  spec.template.spec.os.image: line 1, column 17: the action that begins here is not closed with "}}"',
    expect.stringMatching(
      /^ {2}spec\.template\.spec\.config\[0\]\.inline\[0\]\.content: line 2, column 7: function "trim" is not supported: the functions are upper, /,
    ),
    'error: 1 of 1 document failed',
  ]);
});

test('get prints an aligned table, wide columns on demand, and names', async () => {
  const table = lines((await server.muster(['get', 'devices', '--selector', 'site=north'])).stdout);
  expect(table[0]).toMatch(/^NAME +ALIAS +OWNER +STATUS +UPDATED +APPLICATIONS +LAST SEEN$/);
  expect(table[1]).toMatch(/^north-1 +number-one +<none> +Unknown +Unknown +Unknown +\S+$/);
  expect(table[1]?.indexOf('number-one')).toBe(table[0]?.indexOf('ALIAS'));
  const wide = lines((await server.muster(['get', 'dev', '-l', 'site=north', '-o', 'wide'])).stdout);
  expect(wide[0]).toMatch(/LAST SEEN +LABELS +RENDERED VERSION +APPLIED VERSION +CERTIFICATE EXPIRES +TIMELINE$/);
  expect(wide[1]).toContain('site=north');
  const names = await server.muster(['get', 'device', '--field-selector', 'metadata.owner=Fleet/edge', '-o', 'name']);
  expect(names.stdout).toBe('device/owned-1\n');
});

test('get pages through everything, and with --limit says how to go on', async () => {
  const all = parse((await server.muster(['get', 'devices', '-o', 'yaml'])).stdout) as {
    kind: string;
    items: { metadata: { name: string } }[];
  };
  expect([all.kind, all.items.map(({ metadata }) => metadata.name)]).toEqual([
    'DeviceList',
    ['north-1', 'owned-1', 'south-1'],
  ]);
  const first = await server.muster(['get', 'devices', '--limit', '2', '-o', 'json']);
  const page = JSON.parse(first.stdout) as { items: unknown[]; metadata: { continue: string } };
  expect(page.items).toHaveLength(2);
  expect(first.stderr).toContain(`--continue ${page.metadata.continue}`);
  const rest = await server.muster(['get', 'devices', '-o', 'name', '--continue', page.metadata.continue]);
  expect(rest).toEqual({ code: 0, stdout: 'device/south-1\n', stderr: '' });
});

test('get by name prints the document itself, and exits 3 if some are missing and 1 if all are', async () => {
  const one = JSON.parse((await server.muster(['get', 'fleet/edge', '-o', 'json'])).stdout) as { kind: string };
  expect(one.kind).toBe('Fleet');
  const some = await server.muster(['get', 'devices', 'north-1', 'ghost', '-o', 'name']);
  expect(some).toMatchObject({ code: 3, stdout: 'device/north-1\n' });
  expect(some.stderr).toContain('ghost');
  const none = await server.muster(['get', 'device', 'ghost']);
  expect(none).toMatchObject({ code: 1, stdout: '' });
  expect(none.stderr).toMatch(/^error: .*ghost/);
});

test("a selector that the server refuses exits 1 with the server's message", async () => {
  const { code, stderr } = await server.muster(['get', 'devices', '--field-selector', 'text=1']);
  expect(code).toBe(1);
  expect(stderr).toContain('unable to resolve selector name "text". Supported selectors are: [');
});

test('a list of nothing says so and exits 0', async () => {
  const { code, stdout, stderr } = await server.muster(['get', 'devices', '-l', 'site=nowhere']);
  expect([code, stdout, stderr]).toEqual([0, '', 'No devices found.\n']);
});

test('get --watch goes on to show what changes', async () => {
  const watch = startMuster(['get', 'devices', '-l', 'site=south', '--watch'], { env: server.env });
  await watch.writes(/^south-1/m);
  await server.muster(['apply', '-f', '-'], deviceYaml('south-1', { site: 'south', alias: 'renamed' }));
  await watch.writes(/^south-1 +renamed/m);
  await watch.interrupt();
});

test('events are listed newest first, in the columns that people look for', async () => {
  const table = lines(
    (await server.muster(['get', 'events', '--field-selector', 'involvedObject.name=south-1'])).stdout,
  );
  expect(table[0]).toMatch(/^LAST SEEN +TYPE +REASON +OBJECT +MESSAGE$/);
  expect(table.at(-1)).toMatch(/^\d+\w* +Normal +ResourceCreated +device\/south-1 +\S/);
});

test('delete removes, and exits 3 if only some were there', async () => {
  const { code, stdout, stderr } = await server.muster(['delete', 'device', 'south-1', 'ghost']);
  expect([code, stdout]).toEqual([3, 'device/south-1 deleted\n']);
  expect(stderr).toContain('error: device/ghost:');
  expect(await server.get('/devices/south-1')).toMatchObject({ kind: 'Status', code: 404 });
});

test('version names both sides', async () => {
  expect((await server.muster(['version'])).stdout).toMatch(
    /^Client version: \d+\.\d+\.\d+\nServer version: \d+\.\d+\.\d+\n$/,
  );
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startServer, type MusterServer } from './muster-server.ts';

// Every command is a process of its own, which takes its time to start.
vi.setConfig({ testTimeout: 120_000 });

const written = join(import.meta.dirname, '..', 'manifests', 'written');
let server: MusterServer;
let scratch: string;

beforeAll(async () => {
  [server, scratch] = await Promise.all([startServer(), mkdtemp(join(tmpdir(), 'muster-apply-'))]);
});

afterAll(async () => {
  await server.stop();
  await rm(scratch, { recursive: true });
});

const lines = (text: string): string[] => text.trimEnd().split('\n');

test('apply takes every kind that there is from files as people write them, and names those that there are not', async () => {
  const { code, stdout, stderr } = await server.muster(['apply', '-f', written]);
  expect(lines(stdout)).toEqual([
    'enrollmentrequest/newcomer created',
    'fleet/kiosks created',
    'device/till-1 created',
    'device/till-2 created',
  ]);
  expect(lines(stderr)).toEqual([
    expect.stringContaining(
      'repository.yaml, line 1: site-config: kind Repository cannot be applied here: nothing is fetched',
    ),
    expect.stringContaining('repository.yaml, line 9: fleets-of-git: kind ResourceSync cannot be applied here'),
    expect.stringContaining(
      'repository.yaml, line 18: web: expected kind Device, Fleet, EnrollmentRequest, or CertificateSigningRequest, found "Deployment"',
    ),
    'error: 3 of 7 documents failed; applied: enrollmentrequest/newcomer, fleet/kiosks, device/till-1, device/till-2',
  ]);
  expect(code).toBe(3);
  const fleet = (await server.get('/fleets/kiosks')) as { spec: { template: { metadata: object; spec: Spec } } };
  expect(modesOf(fleet.spec.template.spec)).toEqual([0o644, 0o600, 0o1775, 420, 0o755]);
  expect(fleet.spec.template.metadata).toEqual({ labels: { team: 'storefront', tier: 'edge' } });
  const device = (await server.get('/devices/till-2')) as { spec: Spec };
  expect(modesOf(device.spec)).toEqual([0o755]);
  expect(await server.get('/enrollmentrequests/newcomer')).toMatchObject({ spec: { labels: { site: 'north' } } });
  const table = await server.muster(['get', 'er']);
  expect(lines(table.stdout)[1]).toMatch(/^newcomer +Pending +<none> +<none> +/);
});

type Spec = { config: { inline: { mode?: number }[] }[] };
const modesOf = ({ config }: Spec) => config.flatMap(({ inline }) => inline.map(({ mode }) => mode));

test('what get prints is applied as it is, status and managed metadata included, and changes nothing', async () => {
  for (const kind of ['devices', 'fleets', 'enrollmentrequests']) {
    for (const format of ['yaml', 'json']) {
      const got = await server.muster(['get', kind, '-o', format]);
      const again = await server.muster(['apply', '-f', '-'], got.stdout);
      expect(again).toMatchObject({ code: 0, stderr: '' });
      for (const line of lines(again.stdout)) expect(line).toMatch(/ unchanged$/);
    }
  }
  const stale = (await server.muster(['get', 'device', 'till-2', '-o', 'yaml'])).stdout.replace(
    'site: south',
    'site: west',
  );
  expect(await server.muster(['apply', '-f', '-'], stale)).toMatchObject({ stdout: 'device/till-2 configured\n' });
  const refused = await server.muster(['apply', '-f', '-'], stale.replace('site: west', 'site: east'));
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('device/till-2: device till-2 has changed'),
  });
});

test('a value that only looks like text, and a text that is not UTF-8, are refused before anything is sent', async () => {
  const label = 'kind: Device\nmetadata: { name: odd, labels: { canary: yes } }\n';
  const first = await server.muster(['apply', '-f', '-'], label);
  expect(first.code).toBe(1);
  expect(lines(first.stderr)[0]).toBe(
    'error: standard input, line 1: device/odd: metadata.labels.canary: expected text, found yes, which YAML reads as the boolean true: put it in quotes ("yes")',
  );
  const file = join(scratch, 'windows.yaml');
  await writeFile(file, Buffer.from(`\ufeff${label}`, 'utf16le'));
  const second = await server.muster(['apply', '-f', file]);
  expect(second.code).toBe(1);
  expect(lines(second.stderr)[0]).toContain(`${file}: the text is UTF-16, and UTF-8 is expected`);
  expect(await server.get('/devices/odd')).toMatchObject({ code: 404 });
});

test('a rollout policy, which is not followed, is said when its fleet is applied', async () => {
  const fleet = `apiVersion: flightctl.io/v1beta1
kind: Fleet
metadata: { name: slow }
spec:
  selector: { matchLabels: { fleet: slow } }
  rolloutPolicy: { deviceSelection: { strategy: BatchSequence, sequence: [{ limit: 10% }] } }
  template: { spec: { os: { image: registry.example.org/os:1 } } }
`;
  expect(await server.muster(['apply', '-f', '-'], fleet)).toEqual({
    code: 0,
    stdout: 'fleet/slow created\n',
    stderr:
      'warning: fleet slow: The rollout policy (deviceSelection) is kept but not followed: a change of the template goes to all devices of the fleet at once.\n',
  });
});

test('where the server goes away in the middle, what was applied is said', async () => {
  const other = await startServer();
  const apply = (input: string) => other.muster(['apply', '-f', '-'], input);
  const one = 'apiVersion: flightctl.io/v1beta1\nkind: Device\nmetadata: { name: one }\nspec: {}\n';
  expect(await apply(one)).toMatchObject({ code: 0 });
  await other.stop();
  const gone = await apply(one);
  expect(gone.code).toBe(4);
  expect(gone.stderr).toMatch(
    /^error: standard input, line 1: device\/one: cannot reach the server .*; nothing was applied\n$/,
  );
});

import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { deviceYaml, startServer, type MusterServer } from './muster-server.ts';

// Every command is a process of its own, which takes its time to start.
vi.setConfig({ testTimeout: 120_000 });

let server: MusterServer;

const documentOf = (kind: 'Device' | 'Fleet', name: string, rest: object) =>
  JSON.stringify({ apiVersion: 'flightctl.io/v1beta1', kind, metadata: { name, ...rest } });
const bareDevice = (name: string, labels: object = {}) => documentOf('Device', name, { labels });

const motd = { name: 'motd', inline: [{ path: '/etc/motd', content: 'hello' }] };
const issue = { name: 'issue', inline: [{ path: '/etc/issue', content: 'hello' }] };

/** A fleet of the devices in a ring, whose file `/etc/ring` says which of them it is for. */
const fleetYaml = (config: readonly object[], about = '{{ .metadata.name }}') =>
  JSON.stringify({
    apiVersion: 'flightctl.io/v1beta1',
    kind: 'Fleet',
    metadata: { name: 'ring' },
    spec: {
      selector: { matchLabels: { in: 'ring' } },
      template: {
        spec: { config: [...config, { name: 'ring', inline: [{ path: '/etc/ring', content: about }] }] },
      },
    },
  });

beforeAll(async () => {
  server = await startServer();
  const written = deviceYaml('written', { site: 'north' });
  await server.muster(['apply', '-f', '-'], [bareDevice('bare', { site: 'north' }), written].join('\n---\n'));
  await server.rendered('written', 1);
  await server.report('written', 1);
  await server.report('bare', 0);
  await server.muster(['restore', 'declare']);
  await server.report('written', 5);
  await server.report('bare', 5);
});

afterAll(() => server.stop());

test('diff of a device without a spec says that nothing would be sent to it', async () => {
  const { code, stdout } = await server.muster(['diff', 'device', 'bare']);
  expect(code).toBe(0);
  expect(stdout).toContain('no spec here: resuming would send nothing to it, and it keeps what it runs');
  expect(JSON.parse((await server.muster(['diff', 'device', 'bare', '-o', 'json'])).stdout)).toMatchObject({
    nothingToSend: true,
    difference: null,
  });
});

test('a dry run and a resume say how many have nothing to be sent, and --wait ends with their names and 3', async () => {
  expect((await server.muster(['resume', 'devices', '--all', '--dry-run'])).stdout).toBe(
    'Dry run, nothing was changed:\n  Devices that would be resumed: 2\n    bare\n    written\n' +
      '  1 of 2 has no spec here: nothing would be sent to it, and it keeps what it runs: bare\n',
  );
  const { code, stdout, stderr } = await server.muster(['resume', 'device', 'bare', '--wait', '--timeout', '60s']);
  expect(stdout).toBe(
    'Resume operation completed:\n  Devices resumed: 1\n' +
      '  1 of 1 has no spec here: nothing is sent to it, and it keeps what it runs: bare\n',
  );
  expect(stderr).toContain('1 of 1 device without a spec here: nothing is sent to them');
  expect(code).toBe(3);
});

test('apply says what devices lose by it, and nothing where a spec or a template is left empty', async () => {
  const apply = async (document: string) => (await server.muster(['apply', '-f', '-'], document)).stdout;
  const device = (spec: object) => JSON.stringify({ ...JSON.parse(bareDevice('bare')), spec });
  expect(await apply(device({ config: [motd, issue], applications: [] }))).toBe('device/bare configured\n');
  expect(await apply(device({ config: [issue] }))).toBe('device/bare configured\n  removes: file /etc/motd\n');
  expect(await apply(device({}))).toBe('device/bare unchanged\n');
  expect(await apply(device({ config: [] }))).toBe('device/bare configured\n  removes: file /etc/issue\n');

  expect(await apply(fleetYaml([motd]))).toBe('fleet/ring created\n');
  expect(await apply(fleetYaml([]))).toBe('fleet/ring configured\n  removes: file /etc/motd\n');
  const empty = { selector: { matchLabels: { in: 'ring' } }, template: { spec: {} } };
  expect(await apply(JSON.stringify({ ...JSON.parse(fleetYaml([])), spec: empty }))).toBe('fleet/ring configured\n');
});

test('a wait for a device whose template cannot be filled in ends with its name, the reason and 3', async () => {
  await server.muster(['apply', '-f', '-'], bareDevice('ringed', { in: 'ring', rack: '7' }));
  const template = fleetYaml([], 'rack {{ .metadata.labels.rack }}');
  await server.muster(['apply', '-f', '-'], template);
  await server.rendered('ringed', 1);
  await server.report('ringed', 1);
  await server.muster(['apply', '-f', '-'], bareDevice('ringed', { in: 'ring' }));
  await server.report('ringed', 9);
  const { code, stderr } = await server.muster(['resume', 'device', 'ringed', '--wait', '--timeout', '60s']);
  expect(code).toBe(3);
  expect(stderr).toMatch(
    /1 of 1 device for which the template of their fleet cannot be filled in: ringed \(.*rack.*\)/,
  );
  const table = (await server.muster(['get', 'fleets'])).stdout;
  expect(table).toMatch(/^ring +<none> +in=ring +False /m);
});

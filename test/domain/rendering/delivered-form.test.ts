import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/domain/json.ts';
import { deliveredForm, readSpec } from '../../../src/domain/rendering/delivered-form.ts';
import type { RenderedDevice, RenderOutcome } from '../../../src/domain/rendering/spec-renderer.ts';

const device: RenderedDevice = { name: 'a', labels: {} };
const base64 = (text: string) => Buffer.from(text).toString('base64');

function deliver(spec: JsonObject, fetched: ReadonlyMap<number, string> = new Map(), to = device): RenderOutcome {
  const read = readSpec(spec);
  return read.ok ? deliveredForm(read.spec, to, fetched) : read;
}

function delivered(spec: JsonObject, fetched?: ReadonlyMap<number, string>): JsonObject {
  const outcome = deliver(spec, fetched);
  if (!outcome.ok) throw new Error(outcome.problems.map(({ message }) => message).join('; '));
  return outcome.spec;
}

function problems(spec: JsonObject, to = device): string[] {
  const outcome = deliver(spec, new Map(), to);
  return outcome.ok ? [] : outcome.problems.map(({ message }) => message);
}

const file = (path: string, content: string, more: JsonObject = {}): JsonObject => ({ path, content, ...more });
const root = { contentEncoding: 'base64', mode: 0o644, user: 'root' };

describe('what a device is sent', () => {
  test('has the files of all providers in one without a name, in base64, with mode and user', () => {
    const spec = {
      config: [
        {
          name: 'one',
          inline: [file('/etc/a', 'ä'), file('/etc/b', '', { mode: 0o1775, user: 'app', group: 'staff' })],
        },
        { name: 'two', httpRef: { repository: 'r', filePath: '/etc/c' } },
        { name: 'three', inline: [file('/etc/d', 'aGk=\n', { contentEncoding: 'base64', user: '' })] },
      ],
    };
    expect(delivered(spec, new Map([[1, 'AP8=']]))).toEqual({
      config: [
        {
          name: '',
          inline: [
            { path: '/etc/a', content: base64('ä'), ...root },
            { path: '/etc/b', content: '', ...root, mode: 0o1775, user: 'app', group: 'staff' },
            { path: '/etc/c', content: 'AP8=', ...root },
            { path: '/etc/d', content: 'aGk=\n', ...root },
          ],
        },
      ],
      consoles: [],
    });
  });

  test('has the last of several files of one path, where the first stood', () => {
    const config = [
      { name: 'one', inline: [file('/a', '1', { mode: 0o600, user: 'x', group: 'g' }), file('/b', '2')] },
      { name: 'two', inline: [file('//a', '3'), file('/c', '4', { user: '7' })] },
      { name: 'three', inline: [file('/c/', '5'), file('/b/.', '6', { group: '8', user: 'y' })] },
    ];
    expect(delivered({ config })['config']).toEqual([
      {
        name: '',
        inline: [
          { path: '/a', content: base64('3'), ...root, group: 'g' },
          { path: '/b', content: base64('6'), ...root, user: 'y', group: '8' },
          { path: '/c', content: base64('5'), ...root, user: '7' },
        ],
      },
    ]);
  });

  test('has lists of config and consoles even where there is nothing in them', () => {
    expect(delivered({ os: { image: 'a:1' } })).toEqual({ os: { image: 'a:1' }, config: [], consoles: [] });
    expect(delivered({ config: [{ name: 'a', inline: [] }] })).toEqual({ config: [], consoles: [] });
  });

  test('has everything else as it was written', () => {
    const rest = {
      os: { image: 'a:1', x: 1 },
      applications: [
        { name: 'web', appType: 'container', image: 'a:1', envVars: { A: '{{ b }}' }, ports: ['80:80'] },
        { name: 'stack', appType: 'compose', inline: [file('compose.yaml', 'x')], x: { y: [1] } },
        { name: 'unit', appType: 'quadlet', image: 'a:2', volumes: [{ name: 'v', image: { reference: 'b:1' } }] },
        { name: 'chart', appType: 'helm', image: 'c:1', values: { '{{': [{ a: '{{ .x }}' }] } },
      ],
      systemd: { matchPatterns: ['a.service'] },
      updatePolicy: { updateSchedule: { at: '0 3 * * *', startGraceDuration: '1h' } },
      decommissioning: { target: 'Unenroll' },
      unheard: [null],
    };
    expect(delivered(rest)).toEqual({ ...rest, config: [], consoles: [] });
    const consoles = [{ sessionID: 's', sessionMetadata: '{}' }];
    expect(delivered({ consoles })).toEqual({ config: [], consoles });
  });

  test('comes out the same when it is put into that form again', () => {
    const once = delivered({ config: [{ name: 'one', inline: [file('/etc/a', 'b')] }], applications: [] });
    expect(delivered(once)).toEqual(once);
  });

  test('may hold braces in contents: they are filled in nowhere else', () => {
    const once = delivered({ config: [{ name: 'one', inline: [file('/etc/a', '{{ .x }}')] }] });
    expect(once['config']).toMatchObject([{ inline: [{ content: base64('{{ .x }}') }] }]);
  });
});

describe('nothing is delivered, and it is said why, of', () => {
  const seam = 'a renderer of your own can (MUSTER_RENDERER_URL)';
  const catalogItemRef = { catalog: 'c', item: 'i', version: '1' };

  test.each<[string, JsonObject, string]>([
    [
      'a provider that needs Git',
      { config: [{ name: 'site', gitRef: { repository: 'r', targetRevision: 'main', path: '/a' } }] },
      `config provider "site" cannot be resolved: Muster does not fetch from Git (repository "r"); ${seam} (spec.config[0].gitRef)`,
    ],
    [
      'a provider that needs a secret',
      { config: [{ name: 'tls', secretRef: { name: 's', namespace: 'n', mountPath: '/a' } }] },
      `config provider "tls" cannot be resolved: Muster does not read Kubernetes secrets ("n/s"); ${seam} (spec.config[0].secretRef)`,
    ],
    [
      'a provider that has not been fetched',
      { config: [{ name: 'web', httpRef: { repository: 'r', filePath: '/a' } }] },
      'config provider "web" has not been fetched (spec.config[0].httpRef)',
    ],
    [
      'an OS of a catalog',
      { os: { catalogItemRef } },
      `no catalog is known here to take the OS image from; ${seam} (spec.os.catalogItemRef)`,
    ],
    [
      'an application of a catalog',
      { applications: [{ name: 'web', appType: 'container', catalogItemRef }] },
      `application "web" cannot be resolved: no catalog is known here to take its image from; ${seam} (spec.applications[0].catalogItemRef)`,
    ],
    [
      'a volume of a catalog',
      {
        applications: [
          { name: 'w', appType: 'quadlet', image: 'a', volumes: [{ name: 'v', image: { catalogItemRef } }] },
        ],
      },
      `volume "v" of application "w" cannot be resolved: no catalog is known here to take its image from; ${seam} (spec.applications[0].volumes[0].image.catalogItemRef)`,
    ],
    [
      'an application that agents do not know',
      { applications: [{ name: 'guest', appType: 'vm', image: 'a:1' }] },
      `application "guest" cannot be rendered: agents do not know the appType vm, and fail the whole version over it; ${seam} (spec.applications[0].appType)`,
    ],
    [
      'a path that a template made',
      { config: [{ name: 'a', inline: [file('/var/lib/flightctl/a', '')] }] },
      "spec.config[0].inline[0].path: expected a path outside /var/lib/flightctl, which belongs to the device's agent",
    ],
    [
      'a path that still is one',
      { config: [{ name: 'a', inline: [file('{{ .metadata.name }}', '')] }] },
      'spec.config[0].inline[0].path: expected an absolute path: one that begins with "/"',
    ],
    [
      'content that is no base64',
      { config: [{ name: 'a', inline: [file('/a', 'no', { contentEncoding: 'base64' })] }] },
      'spec.config[0].inline[0].content: expected base64, as contentEncoding says',
    ],
    [
      'a pattern that agents cannot compile',
      { systemd: { matchPatterns: ['*.service'] } },
      'spec.systemd.matchPatterns[0]: expected a pattern that is also a regular expression of Go: "*" at its beginning repeats nothing',
    ],
  ])('%s', (_, spec, message) => {
    expect(problems(spec)).toEqual([message]);
  });

  test('an OS image for a device in package mode', () => {
    const spec = { os: { image: 'a:1' } };
    expect(problems(spec, { ...device, osMode: 'image' })).toEqual([]);
    expect(problems(spec, { ...device, osMode: 'package' })).toEqual([
      'device a reports osMode package, so it cannot boot an OS image (spec.os)',
    ]);
    expect(problems({ os: {}, config: [] }, { ...device, osMode: 'package' })).toEqual([]);
  });

  test('more than can be told', () => {
    const inline = Array.from({ length: 30 }, (_, index) => file(`relative-${index}`, ''));
    const told = problems({ config: [{ name: 'a', inline }] });
    expect(told).toHaveLength(21);
    expect(told.at(-1)).toBe('and 10 more');
  });
});

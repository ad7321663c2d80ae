import { describe, expect, it } from 'vitest';
import { deviceSpecSchema } from '../../../src/domain/resources/device-spec.ts';
import { limits } from '../../../src/domain/resources/limits.ts';
import { describeProblems } from '../../../src/domain/resources/zod-problem.ts';

function problem(spec: unknown): string {
  const result = deviceSpecSchema.safeParse(spec);
  return result.success ? 'none' : describeProblems(result.error, 'spec').replace('spec is not valid: ', '');
}

const file = { path: '/etc/motd', content: 'hello' };
const app = { name: 'web', appType: 'container', image: 'example.com/web:1' };
const rule = { severity: 'Warning', duration: '10m', percentage: 75, description: 'busy' };
const monitor = { monitorType: 'CPU', samplingInterval: '5s', alertRules: [rule] };
const schedule = { at: '0 3 * * *', startGraceDuration: '30m' };

const whole = {
  updatePolicy: { downloadSchedule: { ...schedule, timeZone: 'Europe/Paris' }, updateSchedule: schedule },
  os: { image: 'example.com/os@sha256:0123456789abcdef' },
  config: [
    { name: 'git', gitRef: { repository: 'site', targetRevision: 'main', path: '/etc' } },
    {
      name: 'secret',
      secretRef: { name: 'tls', namespace: 'edge', mountPath: '/etc/tls', user: 'nginx', group: '101' },
    },
    { name: 'files', inline: [{ ...file, contentEncoding: 'plain', mode: 0o644, user: 'root', group: 'root' }] },
    { name: 'http', httpRef: { repository: 'api', suffix: '/conf?x=1', filePath: '/etc/app.json' } },
  ],
  applications: [
    app,
    {
      name: 'stack',
      appType: 'compose',
      inline: [{ path: 'compose.yaml', content: 'services: {}' }],
      envVars: { LEVEL: 'info' },
    },
    {
      name: 'unit',
      appType: 'quadlet',
      catalogItemRef: { catalog: 'c', item: 'i', version: '1.0.0', channel: 'stable' },
      runAs: 'app',
    },
    {
      name: 'chart',
      appType: 'helm',
      image: 'example.com/chart:1',
      namespace: 'n',
      values: { a: [{ b: 1 }] },
      valuesFiles: ['v.yaml'],
    },
    { appType: 'vm', image: 'example.com/vm:1', publishPorts: ['2222:22', '53:53/udp'] },
    {
      ...app,
      name: 'volumes',
      ports: ['8080:80'],
      resources: { limits: { cpu: '0.5', memory: '256m' } },
      volumes: [
        { name: 'data', mount: { path: '/data:ro' } },
        {
          name: 'seed',
          mount: { path: '/seed' },
          image: { reference: 'example.com/seed:1', pullPolicy: 'Never' },
          reclaimPolicy: 'Retain',
        },
      ],
    },
  ],
  systemd: { matchPatterns: ['sshd.service', 'getty@*.service', '[a-z]*'] },
  resources: [monitor, { ...monitor, monitorType: 'Memory' }, { ...monitor, monitorType: 'Disk', path: '/' }],
  consoles: [{ sessionID: 's', sessionMetadata: 'term=xterm' }],
  decommissioning: { target: 'FactoryReset' },
};

describe('a device spec', () => {
  it('with every kind of thing comes out as it went in', () => {
    expect(deviceSpecSchema.parse(whole)).toEqual(whole);
  });

  it('may be empty', () => {
    expect(deviceSpecSchema.parse({})).toEqual({});
  });

  it('keeps keys that Muster does not know, at every level that the contract leaves open', () => {
    const spec = {
      unheard: { of: 1 },
      os: { image: 'a', x: 1 },
      config: [{ name: 'a', inline: [{ ...file, x: 1 }], x: 1 }],
      applications: [{ ...app, x: { y: [1] }, volumes: [{ name: 'v', mount: { path: '/v', x: 1 }, x: 1 }] }],
      resources: [{ ...monitor, x: 1, alertRules: [{ ...rule, x: 1 }] }],
    };
    expect(deviceSpecSchema.parse(spec)).toEqual(spec);
  });

  it('may hold templates wherever they are filled in, and in free text', () => {
    const template = '{{ .metadata.labels.site }}';
    expect(
      problem({
        os: { image: `example.com/os:${template}` },
        config: [
          { name: template, gitRef: { repository: 'r', targetRevision: template, path: template } },
          {
            name: 'b',
            secretRef: { name: template, namespace: template, mountPath: `{{ index .metadata.labels "a b" }}` },
          },
          { name: 'c', inline: [{ path: template, content: template }] },
          { name: 'd', httpRef: { repository: template, suffix: template, filePath: template } },
        ],
        applications: [
          {
            name: 'a',
            appType: 'container',
            image: template,
            envVars: { A: template },
            volumes: [{ name: 'v', image: { reference: template } }],
          },
          { name: 'b', appType: 'compose', inline: [{ path: `a/${template}`, content: template }] },
          { name: 'c', appType: 'vm', image: template },
        ],
      }),
    ).toBe('none');
  });

  it.each<[string, unknown]>([
    ['applications[0].name', { applications: [{ ...app, name: '{{ .metadata.name }}' }] }],
    ['applications[0].ports[0]', { applications: [{ ...app, ports: ['{{ .metadata.labels.port }}:80'] }] }],
    ['systemd.matchPatterns[0]', { systemd: { matchPatterns: ['{{ .metadata.name }}.service'] } }],
    ['resources[0].samplingInterval', { resources: [{ ...monitor, samplingInterval: '{{ .metadata.labels.s }}' }] }],
    [
      'updatePolicy.updateSchedule.at',
      { updatePolicy: { updateSchedule: { at: '{{ .metadata.labels.at }}', startGraceDuration: '1m' } } },
    ],
  ])('says of a template in %s that it is not filled in there', (path, spec) => {
    expect(problem(spec)).toMatch(/: expected .*; templates are not filled in here$/);
    expect(problem(spec).startsWith(`${path}: `)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['config[0].inline[0].path', { config: [{ name: 'a', inline: [{ ...file, path: 'etc/{{ .metadata.name }}' }] }] }],
    [
      'config[0].httpRef.filePath',
      { config: [{ name: 'a', httpRef: { repository: 'r', filePath: 'x{{ .metadata.name }}' } }] },
    ],
    [
      'applications[0].inline[0].path',
      { applications: [{ name: 'b', appType: 'compose', inline: [{ path: '/{{ .metadata.name }}' }] }] },
    ],
    [
      'applications[0].inline[0].path',
      { applications: [{ name: 'b', appType: 'compose', inline: [{ path: '../{{ .metadata.name }}' }] }] },
    ],
  ])('refuses %s where it begins wrongly before its template', (path, spec) => {
    expect(problem(spec).startsWith(`${path}: expected a`)).toBe(true);
  });
});

describe('a device spec is refused, with the place and what was expected, for', () => {
  it.each<[string, unknown, string]>([
    ['text where the spec should be', 'x', 'expected an object'],
    [
      'an image of two words',
      { os: { image: 'two words' } },
      'os.image: expected an OCI image reference without blanks',
    ],
    [
      'two sources of the OS',
      { os: { image: 'a', catalogItemRef: { catalog: 'c', item: 'i', version: '1' } } },
      'os: expected at most one of image, catalogItemRef, found image and catalogItemRef',
    ],
    [
      'an unknown key of a catalog item',
      { os: { catalogItemRef: { catalog: 'c', item: 'i', version: '1', x: 1 } } },
      'os.catalogItemRef.x: expected no such key',
    ],
    ['a key of systemd that is not there', { systemd: { patterns: [] } }, 'systemd.patterns: expected no such key'],
    [
      'a unit with a blank',
      { systemd: { matchPatterns: ['a', 'b c'] } },
      'systemd.matchPatterns[1]: expected a systemd unit name or a glob over such names',
    ],
    [
      'a decommissioning that is none',
      { decommissioning: { target: 'Forget' } },
      'decommissioning.target: expected one of "Unenroll", "FactoryReset"',
    ],
    [
      'a console without its session',
      { consoles: [{ sessionMetadata: '' }] },
      'consoles[0].sessionID: expected a string',
    ],

    [
      'a config provider of no kind',
      { config: [{ name: 'a' }] },
      'config[0]: expected exactly one of gitRef, secretRef, inline, httpRef, found none',
    ],
    [
      'a config provider of two kinds',
      { config: [{ name: 'a', inline: [], httpRef: { repository: 'r', filePath: '/a' } }] },
      'config[0]: expected exactly one of gitRef, secretRef, inline, httpRef, found inline and httpRef',
    ],
    ['a config provider without a name', { config: [{ inline: [] }] }, 'config[0].name: expected a string'],
    [
      'a Git reference with parts missing',
      { config: [{ name: 'a', gitRef: { repository: 'r' } }] },
      'config[0].gitRef.targetRevision: expected a string; config[0].gitRef.path: expected a string',
    ],
    [
      'a secret mounted at a relative path',
      { config: [{ name: 'a', secretRef: { name: 's', namespace: 'n', mountPath: 'etc' } }] },
      'config[0].secretRef.mountPath: expected an absolute path: one that begins with "/"',
    ],
    [
      'a file without content',
      { config: [{ name: 'a', inline: [file, { path: '/b' }] }] },
      'config[0].inline[1].content: expected a string',
    ],
    [
      'content that is not base64',
      { config: [{ name: 'a', inline: [{ ...file, content: 'ab!=', contentEncoding: 'base64' }] }] },
      'config[0].inline[0].content: expected base64, as contentEncoding says',
    ],
    [
      'an encoding that is not known',
      { config: [{ name: 'a', inline: [{ ...file, contentEncoding: 'gzip' }] }] },
      'config[0].inline[0].contentEncoding: expected one of "plain", "base64"',
    ],
    [
      'a mode with more bits than there are',
      { config: [{ name: 'a', inline: [{ ...file, mode: 0o10000 }] }] },
      'config[0].inline[0].mode: expected at most 4095',
    ],
    [
      'content beyond 1 MiB in base64',
      { config: [{ name: 'a', inline: [{ ...file, content: 'x'.repeat(limits.contentLength + 1) }] }] },
      `config[0].inline[0].content: expected at most ${limits.contentLength} characters`,
    ],

    [
      'an application of an unknown kind',
      { applications: [{ ...app, appType: 'flatpak' }] },
      'applications[0].appType: expected one of "compose", "quadlet", "container", "helm", "vm"',
    ],
    [
      'an application of no kind',
      { applications: [{ name: 'a', image: 'i' }] },
      'applications[0].appType: expected one of "compose", "quadlet", "container", "helm", "vm"',
    ],
    [
      'an application from nowhere',
      { applications: [{ appType: 'compose' }] },
      'applications[0]: expected exactly one of image, catalogItemRef, inline, found none',
    ],
    [
      'an application from two places',
      { applications: [{ appType: 'quadlet', image: 'i', inline: [] }] },
      'applications[0]: expected exactly one of image, catalogItemRef, inline, found image and inline',
    ],
    ['a chart without an image', { applications: [{ appType: 'helm' }] }, 'applications[0].image: expected a string'],
    [
      'an application whose name has a blank',
      { applications: [{ ...app, name: 'a b' }] },
      'applications[0].name: expected a name that begins with a letter or digit and has no blanks',
    ],
    [
      'an application whose name is too long',
      { applications: [{ ...app, name: 'a'.repeat(254) }] },
      'applications[0].name: expected at most 253 characters',
    ],
    [
      'an empty environment variable',
      { applications: [{ ...app, envVars: { A: '' } }] },
      'applications[0].envVars.A: expected at least 1 character',
    ],
    [
      'a port that is none',
      { applications: [{ ...app, ports: ['80'] }] },
      'applications[0].ports[0]: expected hostPort:containerPort, as in 8080:80',
    ],
    [
      'a file that climbs out of its application',
      { applications: [{ appType: 'compose', inline: [{ path: 'a/../../b' }] }] },
      'applications[0].inline[0].path: expected a relative path without ".."',
    ],
    [
      'an application file with an absolute path',
      { applications: [{ appType: 'compose', inline: [{ path: '/a' }] }] },
      'applications[0].inline[0].path: expected a relative path without ".."',
    ],
    [
      'a volume of no kind',
      { applications: [{ ...app, volumes: [{ name: 'v' }] }] },
      'applications[0].volumes[0]: expected at least one of image, mount',
    ],
    [
      'two volumes of one name',
      { applications: [{ ...app, volumes: ['v', 'w', 'v'].map((name) => ({ name, mount: { path: '/v' } })) }] },
      'applications[0].volumes[2].name: expected a name that item 0 does not have',
    ],
    [
      'a volume image from two places',
      {
        applications: [
          {
            ...app,
            volumes: [
              { name: 'v', image: { reference: 'a', catalogItemRef: { catalog: 'c', item: 'i', version: '1' } } },
            ],
          },
        ],
      },
      'applications[0].volumes[0].image: expected exactly one of reference, catalogItemRef, found reference and catalogItemRef',
    ],
    [
      'a volume that is thrown away',
      { applications: [{ ...app, volumes: [{ name: 'v', mount: { path: '/v' }, reclaimPolicy: 'Delete' }] }] },
      'applications[0].volumes[0].reclaimPolicy: expected "Retain"',
    ],

    [
      'a monitor of an unknown kind',
      { resources: [{ ...monitor, monitorType: 'GPU' }] },
      'resources[0].monitorType: expected one of "CPU", "Memory", "Disk"',
    ],
    [
      'a disk monitor without a path',
      { resources: [{ ...monitor, monitorType: 'Disk' }] },
      'resources[0].path: expected a string',
    ],
    [
      'two alert rules of one severity',
      { resources: [{ ...monitor, alertRules: [rule, rule] }] },
      'resources[0].alertRules[1].severity: expected a severity that item 0 does not have',
    ],
    [
      'an interval without a unit',
      { resources: [{ ...monitor, samplingInterval: '5' }] },
      'resources[0].samplingInterval: expected a duration above zero, such as 5s, 10m or 1h',
    ],
    [
      'a share above all',
      { resources: [{ ...monitor, alertRules: [{ ...rule, percentage: 101 }] }] },
      'resources[0].alertRules[0].percentage: expected at most 100',
    ],

    [
      'a schedule of four fields',
      { updatePolicy: { updateSchedule: { ...schedule, at: '0 3 * *' } } },
      'updatePolicy.updateSchedule.at: expected five fields: minute, hour, day of month, month, day of week',
    ],
    [
      'a grace in days',
      { updatePolicy: { downloadSchedule: { ...schedule, startGraceDuration: '1d' } } },
      'updatePolicy.downloadSchedule.startGraceDuration: expected a duration such as 30s, 10m or 1h',
    ],
    [
      'an ambiguous time zone',
      { updatePolicy: { updateSchedule: { ...schedule, timeZone: 'EST' } } },
      'updatePolicy.updateSchedule.timeZone: expected an IANA time zone such as Europe/Paris, or UTC, GMT or Local',
    ],
  ])('%s', (_, spec, message) => {
    expect(problem(spec)).toBe(message);
  });
});

describe('a schedule', () => {
  it.each(['* * * * *', '* 0-8,16-23 * * *', '*/12 8 1,15 * 0', '0 0 * JAN MON', '0 3 ? * 1'])('may be %s', (at) => {
    expect(problem({ updatePolicy: { updateSchedule: { ...schedule, at } } })).toBe('none');
  });

  it.each(['Local', 'UTC', 'GMT', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5', 'Asia/Tokyo', 'EST5EDT'])(
    'may be in the time zone %s',
    (timeZone) => {
      expect(problem({ updatePolicy: { updateSchedule: { ...schedule, timeZone } } })).toBe('none');
    },
  );
});

describe('base64 content', () => {
  it.each(['', 'aGk=', 'aGkK\naGkK\r\n'])('may be %j', (content) => {
    expect(problem({ config: [{ name: 'a', inline: [{ ...file, content, contentEncoding: 'base64' }] }] })).toBe(
      'none',
    );
  });

  it('may not be a template that is not encoded', () => {
    const content = '{{ .metadata.name }}';
    expect(problem({ config: [{ name: 'a', inline: [{ ...file, content, contentEncoding: 'base64' }] }] })).toBe(
      'config[0].inline[0].content: expected base64, as contentEncoding says',
    );
  });
});

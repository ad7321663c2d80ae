import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/domain/json.ts';
import { deviceSpecSchema } from '../../../src/domain/resources/device-spec.ts';
import { assertWritable } from '../../../src/domain/rendering/writable-spec.ts';

/** Faults of a spec whose form is right. */
function problem(spec: JsonObject, { templated = false } = {}): string {
  expect(deviceSpecSchema.safeParse(spec)).toMatchObject({ success: true });
  try {
    assertWritable(spec, 'the device', ['spec'], { templated });
    return 'none';
  } catch (error) {
    return error instanceof Error ? error.message.replace('the device is not valid: ', '') : String(error);
  }
}

const file = (path: string, more: JsonObject = {}) => ({ path, content: 'x', ...more });
const inline = (name: string, ...files: JsonObject[]): JsonObject => ({ name, inline: files });
const rules = [{ severity: 'Info', duration: '10m', percentage: 50, description: '' }];
const monitor = (monitorType: string) => ({ monitorType, samplingInterval: '5s', alertRules: rules });
const megabyte = 1024 * 1024;

describe('a spec is refused, with the place, for', () => {
  test.each<[string, JsonObject, string]>([
    [
      'a file in a place of the agent',
      { config: [inline('a', file('/etc/motd')), inline('b', file('/ok'), file('/var/lib/flightctl/x'))] },
      "spec.config[1].inline[1].path: expected a path outside /var/lib/flightctl, which belongs to the device's agent",
    ],
    [
      'a list of paths',
      { config: [{ name: 'a', httpRef: { repository: 'r', filePath: '/a:/b' } }] },
      'spec.config[0].httpRef.filePath: expected a path without ":"',
    ],
    [
      'a secret mounted over certificates',
      { config: [{ name: 'a', secretRef: { name: 's', namespace: 'n', mountPath: '/etc/flightctl/certs/' } }] },
      "spec.config[0].secretRef.mountPath: expected a path outside /etc/flightctl/certs, which belongs to the device's agent",
    ],
    [
      'one path twice, however it is spelled, inline and over HTTP',
      { config: [inline('a', file('/etc/motd')), { name: 'b', httpRef: { repository: 'r', filePath: '/etc//motd' } }] },
      'spec.config[1].httpRef.filePath: expected another path than that of config[0].inline[0].path',
    ],
    [
      'one provider twice',
      { config: [inline('a', file('/a')), inline('a', file('/b'))] },
      'spec.config[1].name: expected another name than that of config[0].name',
    ],
    ['a provider without a name', { config: [inline('', file('/a'))] }, 'spec.config[0].name: expected a name'],
    [
      'one application twice',
      {
        applications: [
          { name: 'web', appType: 'container', image: 'a' },
          { name: 'web', appType: 'helm', image: 'b' },
        ],
      },
      'spec.applications[1].name: expected another name than that of applications[0].name',
    ],
    [
      'two applications that have only their image for a name',
      {
        applications: [
          { appType: 'container', image: 'a' },
          { appType: 'compose', image: 'a' },
        ],
      },
      'spec.applications[1].image: expected another name than that of applications[0].image',
    ],
    [
      'an application written inline without a name',
      { applications: [{ appType: 'compose', inline: [file('compose.yaml')] }] },
      'spec.applications[0].name: expected a name: only an application with an image has one without it',
    ],
    [
      'what only the service sets',
      {
        applications: [{ name: 'a', appType: 'container', image: 'a', desiredState: 'running', restartGeneration: 1 }],
        consoles: [],
        decommissioning: { target: 'Unenroll' },
      },
      'spec.consoles: expected nothing: only the service sets it; ' +
        'spec.decommissioning: expected nothing: a device is decommissioned by PUT /devices/{name}/decommission; ' +
        'spec.applications[0].desiredState: expected nothing: only the service sets it; ' +
        'spec.applications[0].restartGeneration: expected nothing: only the service sets it',
    ],
    [
      'one kind of monitor twice',
      { resources: [monitor('CPU'), monitor('CPU')] },
      'spec.resources[1].monitorType: expected another monitorType than that of resources[0].monitorType',
    ],
    [
      'a pattern that is none in Go',
      { systemd: { matchPatterns: ['a.service', '*.service'] } },
      'spec.systemd.matchPatterns[1]: expected a pattern that is also a regular expression of Go: "*" at its beginning repeats nothing',
    ],
    [
      'a file of more than 1 MiB',
      { config: [inline('a', file('/a', { content: 'ä'.repeat(megabyte / 2 + 1) }))] },
      `spec.config[0].inline[0].content: expected at most ${megabyte} bytes, found ${megabyte + 2}`,
    ],
    [
      'a window that is longer than its schedule',
      { updatePolicy: { updateSchedule: { at: '0 * * * *', startGraceDuration: '61m' } } },
      'spec.updatePolicy.updateSchedule.startGraceDuration: expected no more than the 60 minutes from one time of the schedule to the next',
    ],
    [
      'a schedule that never comes',
      { updatePolicy: { downloadSchedule: { at: '0 0 31 2 *', startGraceDuration: '1h' } } },
      'spec.updatePolicy.downloadSchedule.at: expected a schedule that names a time that comes',
    ],
    [
      'a schedule that is none',
      { updatePolicy: { downloadSchedule: { at: '0 25 * * *', startGraceDuration: '1h' } } },
      'spec.updatePolicy.downloadSchedule.at: expected an hour from 0 to 23, a list, range or step of them, or *',
    ],
    ['a path that is a template, on a device', { config: [inline('a', file('{{ x }}'))] }, 'absolute path'],
  ])('%s', (_, spec, expected) => {
    expect(problem(spec)).toContain(expected);
  });
});

test('a spec may have as much as an agent can take', () => {
  expect(
    problem({
      config: [
        inline('a', file('/a', { content: Buffer.alloc(megabyte).toString('base64'), contentEncoding: 'base64' })),
        { name: 'b', gitRef: { repository: 'r', targetRevision: 'main', path: '/a' } },
      ],
      applications: [
        { appType: 'container', image: 'example.com/a:1' },
        { name: 'a', appType: 'quadlet', inline: [file('a.container')] },
      ],
      resources: [monitor('CPU'), monitor('Memory')],
      systemd: { matchPatterns: ['getty@.*'] },
      updatePolicy: { updateSchedule: { at: '0 * * * *', startGraceDuration: '60m' } },
    }),
  ).toBe('none');
});

test('a template in a path is looked at once it is filled in', () => {
  const config = [inline('a', file('{{ .metadata.name }}')), inline('b', file('/x/{{ .metadata.labels.a }}'))];
  expect(problem({ config }, { templated: true })).toBe('none');
});

describe('a template', () => {
  const image = (text: string): JsonObject => ({ os: { image: text } });

  test('in the template of a fleet is refused with its place if it can work for no device', () => {
    expect(problem(image('quay.io/{{ .metadata.name }}:{{ .metadata.labels.version }}'), { templated: true })).toBe(
      'none',
    );
    expect(problem(image('quay.io/{{ upper 5 }}'), { templated: true })).toBe(
      'spec.os.image: line 1, column 12: argument 1 of upper must be a string, found an integer',
    );
    const content = Buffer.from('a\n{{ if 1 }}').toString('base64');
    expect(
      problem({ config: [inline('a', file('/a', { content, contentEncoding: 'base64' }))] }, { templated: true }),
    ).toBe('spec.config[0].inline[0].content: line 2, column 1: {{if}} has no {{end}}');
    const files = Array.from({ length: 7 }, (_, number) => file(`/${number}`, { content: '{{ len 5 }}' }));
    expect(problem({ config: [inline('a', ...files)] }, { templated: true })).toMatch(
      /^(spec\.config\[0\]\.inline\[\d\]\.content: line 1, column 4: len takes a string or a map, found an integer; ){5}and 2 more$/,
    );
  });

  test("in a device's own spec is text in files, and refused as the name of an image", () => {
    const text = '{{ .metadata.name }}';
    expect(problem({ config: [inline('a', file('/{{', { content: text }))] })).toBe('none');
    const expected = "expected an OCI image reference: templates are filled in only in a fleet's template";
    expect(problem(image(text))).toBe(`spec.os.image: ${expected}`);
    const volumes = [{ name: 'v', image: { reference: text } }];
    expect(problem({ applications: [{ appType: 'container', name: 'a', image: text, volumes }] })).toBe(
      `spec.applications[0].image: ${expected}; spec.applications[0].volumes[0].image.reference: ${expected}`,
    );
  });
});

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/domain/json.ts';
import { removalsBetween, removalText } from '../../../src/domain/rendering/spec-removals.ts';

const removed = (before: JsonObject, after: JsonObject) => removalsBetween(before, after).map(removalText);
const files = (name: string, ...paths: string[]) => ({ name, inline: paths.map((path) => ({ path, content: 'x' })) });

const whole = {
  os: { image: 'quay.io/acme/os:1' },
  config: [
    files('one', '/etc/motd', '/etc/issue'),
    { name: 'fetched', httpRef: { repository: 'r', filePath: '/etc/fetched' } },
    { name: 'secret', secretRef: { name: 's', namespace: 'n', mountPath: '/etc/secret' } },
  ],
  applications: [{ name: 'web', image: 'quay.io/acme/web:1' }, { image: 'quay.io/acme/unnamed:1' }],
  systemd: { matchPatterns: ['sshd.service'] },
  resources: [{ monitorType: 'CPU' }],
};

describe('what a device loses', () => {
  test('is each file, application, pattern and monitor that the new spec does not name', () => {
    expect(removed(whole, { config: [], applications: [] })).toEqual([
      'application quay.io/acme/unnamed:1',
      'application web',
      'config provider secret',
      'file /etc/fetched',
      'file /etc/issue',
      'file /etc/motd',
      'os image quay.io/acme/os:1 (the device goes on with the image it booted)',
      'resource monitor CPU',
      'systemd pattern sshd.service',
    ]);
  });

  test('is no file that moved to another provider, and no OS image that became another', () => {
    expect(
      removed(
        { os: { image: 'a:1' }, config: [files('one', '/etc/motd')] },
        { os: { image: 'a:2' }, config: [files('', '/etc/motd', '/etc/new')] },
      ),
    ).toEqual([]);
  });

  test('is nothing where nothing changes, whatever the spec', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('config', 'applications', 'os', 'systemd'), fc.jsonValue()), (spec) => {
        expect(removalsBetween(spec as JsonObject, spec as JsonObject)).toEqual([]);
      }),
    );
    expect(removed(whole, whole)).toEqual([]);
  });
});

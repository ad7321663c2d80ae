import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  completeDeviceStatus,
  deviceStatusSchema,
  reportedDeviceStatusSchema,
} from '../../../src/domain/resources/device-status.ts';
import { describeProblems } from '../../../src/domain/resources/zod-problem.ts';

const condition = {
  type: 'Updating',
  status: 'True',
  lastTransitionTime: '0001-01-01T00:00:00Z',
  reason: '',
  message: '',
};
const application = { name: 'web', ready: '1/1', restarts: 0, status: 'Running', embedded: false, appType: 'compose' };
const unit = {
  unit: 'sshd.service',
  description: 'SSH',
  enableState: '',
  loadState: 'loaded',
  activeState: 'active',
  subState: 'running',
};

const whole = {
  conditions: [condition],
  systemInfo: {
    architecture: 'arm64',
    bootID: 'b',
    operatingSystem: 'linux',
    agentVersion: '1',
    hostname: 'h',
    customInfo: { rack: '7' },
  },
  systemd: [unit],
  applications: [{ ...application, volumes: [{ name: 'v', reference: 'r' }] }],
  applicationsSummary: { status: 'Healthy', info: '' },
  resources: { cpu: 'Healthy', memory: 'Warning', disk: 'Critical' },
  integrity: { status: 'Verified', tpm: { status: 'Unsupported' }, lastVerified: '2026-11-20T02:00:00+01:00' },
  config: { renderedVersion: '7' },
  os: { image: 'example.com/os:1', imageDigest: 'sha256:00' },
  updated: { status: 'UpToDate', info: 'done' },
  summary: { status: 'ConflictPaused', info: 'ahead' },
  lastSeen: '2026-11-20T02:00:00Z',
  lifecycle: { status: 'Enrolled' },
  dependencySync: { configRefs: [{ configProviderName: 'git', fingerprint: 'f' }] },
  capabilities: { osMode: 'image' },
};

/** Any part of a whole status left out, and keys nobody knows put in. */
const partOf = (value: Record<string, unknown>, unknownKeys = true): fc.Arbitrary<Record<string, unknown>> =>
  fc
    .tuple(
      fc.subarray(Object.entries(value)),
      unknownKeys ? fc.dictionary(fc.constantFrom('x', 'y.z', ' '), fc.jsonValue()) : fc.constant({}),
    )
    .map(([kept, extra]) => ({ ...extra, ...Object.fromEntries(kept) }));

const loosened = [
  'applicationsSummary',
  'resources',
  'integrity',
  'config',
  'os',
  'updated',
  'summary',
  'lifecycle',
] as const;

const reported = fc
  .record({
    ...Object.fromEntries(loosened.map((part) => [part, partOf(whole[part])])),
    systemInfo: partOf(whole.systemInfo, false),
    dependencySync: partOf(whole.dependencySync),
    capabilities: partOf(whole.capabilities),
  })
  .chain((parts) => partOf({ ...whole, ...parts }));

describe('a status that is answered', () => {
  it('comes out as it went in when it is whole', () => {
    expect(deviceStatusSchema.parse(whole)).toEqual(whole);
  });

  it.each(['conditions', 'systemInfo', 'applications', ...loosened])('must have %s', (part) => {
    const { [part]: _, ...rest } = whole as Record<string, unknown>;
    expect(deviceStatusSchema.safeParse(rest).success).toBe(false);
  });

  it('leaves out keys that the contract does not have', () => {
    expect(deviceStatusSchema.parse({ ...whole, unheard: 1, capabilities: { osMode: 'image', later: true } })).toEqual(
      whole,
    );
    const withMore = Object.assign(deviceStatusSchema.parse(whole), { unheard: 1 });
    expect(z.encode(deviceStatusSchema, withMore)).toEqual(whole);
  });
});

describe('a status that a device reports', () => {
  it('may be anything from nothing to whole, with keys that nobody knows, and is kept as it came', () => {
    fc.assert(
      fc.property(reported, (status) => {
        expect(reportedDeviceStatusSchema.parse(status)).toEqual(status);
      }),
    );
  });

  it('can always be made whole and answered, with what the device said in it', () => {
    fc.assert(
      fc.property(reported, (status) => {
        const complete = completeDeviceStatus(reportedDeviceStatusSchema.parse(status));
        const answered = z.encode(deviceStatusSchema, complete);
        const parts = z.record(z.string(), z.unknown()).parse(status);
        for (const part of loosened) expect(answered[part]).toMatchObject(parts[part] ?? {});
        expect(answered.conditions).toEqual(parts['conditions'] ?? []);
        expect(answered.applications).toEqual(parts['applications'] ?? []);
      }),
    );
  });

  it('says unknown where it says nothing', () => {
    expect(completeDeviceStatus({})).toEqual({
      conditions: [],
      systemInfo: { architecture: '', bootID: '', operatingSystem: '', agentVersion: '' },
      applications: [],
      applicationsSummary: { status: 'Unknown' },
      resources: { cpu: 'Unknown', memory: 'Unknown', disk: 'Unknown' },
      integrity: { status: 'Unknown' },
      config: { renderedVersion: '' },
      os: { image: '', imageDigest: '' },
      updated: { status: 'Unknown' },
      summary: { status: 'Unknown' },
      lifecycle: { status: 'Unknown' },
    });
  });

  it.each<[string, unknown, string]>([
    ['is no object', [], 'expected an object'],
    [
      'has a rendered version that is a number',
      { config: { renderedVersion: 7 } },
      'config.renderedVersion: expected a string',
    ],
    [
      'is in a state that there is not',
      { summary: { status: 'Fine' } },
      'summary.status: expected one of "Online", "Degraded", "Error", "Rebooting", "PoweredOff", "Unknown", "AwaitingReconnect", "ConflictPaused"',
    ],
    ['has null for a part', { os: null }, 'os: expected an object'],
    ['has conditions that are no list', { conditions: {} }, 'conditions: expected an array'],
    [
      'has half a condition',
      { conditions: [{ type: 'Updating', status: 'True' }] },
      'conditions[0].lastTransitionTime: expected a string; conditions[0].reason: expected a string; conditions[0].message: expected a string',
    ],
    [
      'has an application of no kind',
      { applications: [{ ...application, appType: 'x' }] },
      'applications[0].appType: expected one of "compose", "quadlet", "container", "helm", "vm"',
    ],
    ['has facts that are no text', { systemInfo: { cores: 4 } }, 'systemInfo.cores: expected a string'],
    [
      'has a unit in a made-up state',
      { systemd: [{ ...unit, subState: 'All Well' }] },
      'systemd[0].subState: expected lower-case letters, digits and "-"',
    ],
    [
      'has a capability that there is not',
      { capabilities: { osMode: 'magic' } },
      'capabilities.osMode: expected one of "image", "package"',
    ],
    [
      'was seen at no point in time',
      { lastSeen: 'now' },
      'lastSeen: expected a date and time such as 2026-11-20T02:00:00Z (RFC 3339)',
    ],
  ])('is refused if it %s', (_, status, message) => {
    const result = reportedDeviceStatusSchema.safeParse(status);
    expect(result.success ? 'none' : describeProblems(result.error, 'status')).toBe(`status is not valid: ${message}`);
  });
});

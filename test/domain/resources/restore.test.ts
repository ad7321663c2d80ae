import { describe, expect, it } from 'vitest';
import { deviceConflictSchema } from '../../../src/domain/resources/device-conflict.ts';
import { restoreReportSchema } from '../../../src/domain/resources/restore-report.ts';
import { restoreListSchema, restoreRequestSchema, restoreSchema } from '../../../src/domain/resources/restore.ts';
import { unknownDeviceListSchema } from '../../../src/domain/resources/unknown-device.ts';
import { describeProblems } from '../../../src/domain/resources/zod-problem.ts';

const name = '0198c0de-0000-7000-8000-000000000001';
const backup = {
  artifact: 's3://backups/db-2026-11-20.dump',
  sha256: 'ab'.repeat(32),
  takenAt: '2026-11-20T02:00:00Z',
};
const counts = {
  total: 1000,
  awaitingReconnect: 1000,
  answered: 0,
  inSync: 0,
  behind: 0,
  conflictPaused: 0,
  resumed: 0,
  adopted: 0,
};
const restore = {
  apiVersion: 'muster/v1',
  kind: 'Restore',
  metadata: { name, creationTimestamp: '2026-11-20T08:00:00Z' },
  spec: { reason: 'INC-4211: lost primary', backup, declaredBy: 'user:ada', previous: null },
  status: {
    phase: 'Mustering',
    devices: counts,
    firstAnswerAt: null,
    lastAnswerAt: null,
    settledAt: null,
    reconnect: { p50Seconds: null, p95Seconds: null, p99Seconds: null },
  },
};
const position = { timeline: name, renderedVersion: '7', specHash: 'cd'.repeat(32) };

describe('a restore', () => {
  it('is answered as it is', () => {
    expect(restoreSchema.parse(restore)).toEqual(restore);
    const list = { apiVersion: 'muster/v1', kind: 'RestoreList', metadata: {}, items: [restore] };
    expect(restoreListSchema.parse(list)).toEqual(list);
  });

  it('may have been declared without a reason or a backup, after another, and be settled', () => {
    const settled = {
      ...restore,
      spec: { declaredBy: 'service:muster', previous: name },
      status: {
        ...restore.status,
        phase: 'Settled',
        firstAnswerAt: '2026-11-20T08:00:01Z',
        lastAnswerAt: '2026-11-20T08:09:00Z',
        settledAt: '2026-11-20T08:10:00Z',
        reconnect: { p50Seconds: 4.2, p95Seconds: 60, p99Seconds: 300 },
      },
    };
    expect(restoreSchema.parse(settled)).toEqual(settled);
  });

  it.each([{ reason: 'INC-4211', backup }, {}, { backup: {} }, { backup: { takenAt: '2026-11-20T02:00:00+01:00' } }])(
    'can be declared with %j',
    (request) => {
      expect(restoreRequestSchema.parse(request)).toEqual(request);
    },
  );

  it.each<[unknown, string]>([
    [{ Reason: 'x' }, 'Reason: expected no such key'],
    [{ reason: 7 }, 'reason: expected a string'],
    [{ reason: 'x'.repeat(1025) }, 'reason: expected at most 1024 characters'],
    [{ backup: { sha256: 'ab' } }, 'backup.sha256: expected a SHA-256 in 64 hexadecimal digits'],
    [
      { backup: { takenAt: 'last night' } },
      'backup.takenAt: expected a date and time such as 2026-11-20T02:00:00Z (RFC 3339)',
    ],
    [{ backup: { artefact: 'x' } }, 'backup.artefact: expected no such key'],
    [[], 'expected an object'],
  ])('cannot be declared with %j', (request, message) => {
    const result = restoreRequestSchema.safeParse(request);
    expect(result.success ? 'accepted' : describeProblems(result.error, 'body')).toBe(`body is not valid: ${message}`);
  });
});

describe('what people are told after a restore', () => {
  it('is a report with every conflict and every absent device', () => {
    const conflict = { device: 'a', verdict: 'Ahead', info: 'why', since: '2026-11-20T08:00:01Z', reported: position };
    const report = {
      apiVersion: 'muster/v1',
      kind: 'RestoreReport',
      metadata: restore.metadata,
      spec: restore.spec,
      phase: 'Mustering',
      settledAt: null,
      devices: counts,
      recoveryPoint: { takenAt: backup.takenAt, ageSeconds: 21_600 },
      recoveryTime: { p50Seconds: 4, p95Seconds: null, p99Seconds: null, p100Seconds: null },
      conflicts: [
        { ...conflict, resolution: null, resolvedAt: null, resolvedBy: null, reason: null },
        {
          ...conflict,
          resolution: 'Resumed',
          resolvedAt: '2026-11-20T09:00:00Z',
          resolvedBy: 'user:ada',
          reason: 'INC-4211',
        },
      ],
      absent: [
        { device: 'b', lastSeen: null },
        { device: 'c', lastSeen: '2026-11-19T00:00:00Z' },
      ],
    };
    expect(restoreReportSchema.parse(report)).toEqual(report);
  });

  it('is who reported without being known', () => {
    const list = {
      apiVersion: 'muster/v1',
      kind: 'UnknownDeviceList',
      metadata: {},
      items: [
        {
          name: 'a',
          firstSeen: '2026-11-20T08:00:01Z',
          lastSeen: '2026-11-20T08:00:02Z',
          reported: { ...position, timeline: null, specHash: null },
        },
      ],
    };
    expect(unknownDeviceListSchema.parse(list)).toEqual(list);
  });

  it('is what a conflict is about', () => {
    const conflict = {
      apiVersion: 'muster/v1',
      kind: 'DeviceConflict',
      metadata: { name: 'a' },
      verdict: 'Diverged',
      info: 'why',
      since: '2026-11-20T08:00:01Z',
      server: position,
      reported: { ...position, renderedVersion: '9' },
      partedAt: { timeline: name, renderedVersion: '5' },
      nothingToSend: false,
      specProblem: null,
      difference: {
        patch: [
          { op: 'replace', path: '/os/image', value: 'example.com/os:1' },
          { op: 'remove', path: '/config' },
        ],
        text: '--- a\n+++ b\n',
        removes: ['file /etc/motd'],
      },
    };
    expect(deviceConflictSchema.parse(conflict)).toEqual(conflict);
    const unsure = { ...conflict, partedAt: null, difference: null };
    expect(deviceConflictSchema.parse(unsure)).toEqual(unsure);
    expect(deviceConflictSchema.safeParse({ ...conflict, verdict: 'Behind' }).success).toBe(false);
  });
});

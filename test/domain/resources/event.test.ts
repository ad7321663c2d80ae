import { describe, expect, it } from 'vitest';
import { eventReasonSchema } from '../../../src/domain/resources/event-reasons.ts';
import { eventListSchema, eventSchema } from '../../../src/domain/resources/event.ts';
import { describeProblems } from '../../../src/domain/resources/zod-problem.ts';

const event = {
  apiVersion: 'v1beta1',
  kind: 'Event',
  metadata: { name: '0198c0de-0000-7000-8000-000000000001', creationTimestamp: '2026-11-20T02:00:00Z' },
  involvedObject: { kind: 'Device', name: 'gateway-0017' },
  reason: 'DeviceConflictPaused',
  message: 'The device runs version 9; this server has rendered up to version 7.',
  type: 'Warning',
  source: { component: 'muster' },
  actor: 'service:muster',
};

function problem(document: unknown): string {
  const result = eventSchema.safeParse(document);
  return result.success ? 'none' : describeProblems(result.error, 'event').replace('event is not valid: ', '');
}

describe('an event', () => {
  it.each([
    { detailType: 'ResourceUpdated', updatedFields: ['labels', 'spec.template'], previousOwner: null },
    { detailType: 'DeviceOwnershipChanged', previousOwner: 'a', newOwner: null },
    { detailType: 'DeviceMultipleOwnersDetected', matchingFleets: ['a', 'b'] },
    {
      detailType: 'DeviceMultipleOwnersResolved',
      resolutionType: 'SingleMatch',
      assignedOwner: 'a',
      previousMatchingFleets: ['a', 'b'],
    },
    { detailType: 'InternalTaskFailed', errorMessage: 'e', originalEvent: event },
    {
      detailType: 'InternalTaskPermanentlyFailed',
      errorMessage: 'e',
      retryCount: 3,
      originalEvent: { ...event, details: { any: 1 } },
    },
    { detailType: 'ResourceSyncCompleted', commitHash: 'c', changeCount: 1, errorCount: 0 },
    { detailType: 'ReferencedRepositoryUpdated', repository: 'r' },
    { detailType: 'FleetRolloutStarted', templateVersion: 't', rolloutStrategy: 'Batched' },
    { detailType: 'FleetRolloutFailed', templateVersion: 't' },
    { detailType: 'FleetRolloutCompleted', templateVersion: 't' },
    { detailType: 'FleetRolloutBatchDispatched', templateVersion: 't', batch: 'b' },
    {
      detailType: 'FleetRolloutBatchCompleted',
      templateVersion: 't',
      batch: 'b',
      successPercentage: 50,
      total: 2,
      successful: 1,
      failed: 1,
      timedOut: 0,
    },
    { detailType: 'FleetRolloutDeviceSelected', fleetName: 'f', templateVersion: 't' },
    { detailType: 'DeviceVulnerabilityCVE', cveId: 'CVE-2024-12345' },
    { detailType: 'DependencyChangeDetected', resourceKey: 'git:r/main', fingerprint: 'f' },
    { detailType: 'DependencySyncProbeFailed', resourceKey: 'git:r/main', error: 'e' },
    { detailType: 'ApplicationLifecycleChanged', appName: 'a', action: 'restart' },
    { detailType: 'MusterResumed', restore: '0198c0de', reason: 'INC-1', anything: { else: [1] } },
  ])('may have details of the type $detailType', (details) => {
    expect(eventSchema.parse({ ...event, details })).toEqual({ ...event, details });
  });

  it.each([
    'DeviceAheadWithoutRestore',
    'RestoreSuperseded',
    'RestoreSettled',
    'DeviceAnswered',
    'DeviceAdopted',
    'UnknownDeviceReported',
    'SystemRestored',
    'DeviceConflictPaused',
    'DeviceConflictResolved',
  ])('may tell of %s', (reason) => {
    expect(eventReasonSchema.parse(reason)).toBe(reason);
  });

  it.each<[unknown, string]>([
    [{ ...event, actor: 'ada' }, 'actor: expected user:NAME, token:NAME, device:NAME or service:NAME'],
    [{ ...event, type: 'Error' }, 'type: expected one of "Normal", "Warning"'],
    [{ ...event, source: {} }, 'source.component: expected a string'],
    [{ ...event, involvedObject: { kind: 'Device' } }, 'involvedObject.name: expected a string'],
    [
      { ...event, details: { detailType: 'FleetRolloutStarted', templateVersion: 't' } },
      'details.rolloutStrategy: expected one of "None", "Batched"',
    ],
    [
      { ...event, details: {} },
      'details.detailType: expected one of "ResourceUpdated", "DeviceOwnershipChanged", "DeviceMultipleOwnersDetected", "DeviceMultipleOwnersResolved", "InternalTaskFailed", "InternalTaskPermanentlyFailed", "ResourceSyncCompleted", "ReferencedRepositoryUpdated", "FleetRolloutStarted", "FleetRolloutFailed", "FleetRolloutCompleted", "FleetRolloutBatchDispatched", "FleetRolloutBatchCompleted", "FleetRolloutDeviceSelected", "DeviceVulnerabilityCVE", "DependencyChangeDetected", "DependencySyncProbeFailed", "ApplicationLifecycleChanged"',
    ],
  ])('is refused: %#', (document, message) => {
    expect(problem(document)).toBe(message);
  });

  it('of an unheard-of reason is refused', () => {
    expect(problem({ ...event, reason: 'Whatever' })).toMatch(/^reason: expected one of /);
  });

  it('comes in lists', () => {
    const list = { apiVersion: 'v1beta1', kind: 'EventList', metadata: { continue: 'x' }, items: [event] };
    expect(eventListSchema.parse(list)).toEqual(list);
  });
});

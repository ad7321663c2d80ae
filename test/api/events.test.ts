import { beforeAll, describe, expect, test } from 'vitest';
import { eventListSchema, type EventList } from '../../src/domain/resources/event.ts';
import { acceptReports } from '../../src/usecases/accept-reports.ts';
import { declareRestore } from '../../src/usecases/declare-restore.ts';
import { resumeDevices } from '../../src/usecases/resume-devices.ts';
import { rollOutPending } from '../../src/usecases/roll-out-fleet.ts';
import { deviceRequest, documentOf, fleetRequest, refusalOf } from '../support/documents.ts';
import { useApi } from '../support/use-fleet.ts';

/** A life of events, one second apart: created, owned by two fleets, paused, restored, resumed, edited, deleted. */
const { here, api } = await useApi();

beforeAll(async () => {
  const tick = () => here.clock.advance(1_000);
  await api.post('/fleets', fleetRequest('a', { x: '1' }));
  tick();
  await api.post('/fleets', fleetRequest('b', { y: '1' }));
  await rollOutPending(here.context, new AbortController().signal);
  tick();
  await api.post('/devices', deviceRequest('one', { labels: { x: '1', y: '1' } }));
  tick();
  await declareRestore(here.context, { by: { actor: 'user:operator' } });
  tick();
  await acceptReports(here.context, [{ device: 'one', position: { timeline: null, version: 3, specHash: null } }]);
  tick();
  await resumeDevices(here.context, {
    fieldSelector: 'metadata.name=one',
    by: { actor: 'user:operator' },
    reason: 'checked',
  });
  tick();
  await api.put('/devices/one', deviceRequest('one', { labels: { x: '1' } }));
  tick();
  await api.put('/devices/one/decommission', { target: 'Unenroll' });
  await api.delete('/devices/one');
});

async function list(query: Record<string, string> = {}): Promise<EventList> {
  return documentOf(await api.get(`/events?${new URLSearchParams(query).toString()}`), 200, eventListSchema);
}

const reasons = ({ items }: EventList): string[] => items.map(({ reason }) => reason);

const life = [
  'ResourceCreated',
  'DeviceMultipleOwnersDetected',
  'DeviceConflictPaused',
  'DeviceConflictResolved',
  'ResourceUpdated',
  'DeviceMultipleOwnersResolved',
  'DeviceDecommissioned',
  'ResourceDeleted',
];

describe('events', () => {
  test('tell the whole life of a device, newest first unless asked otherwise', async () => {
    const fieldSelector = 'involvedObject.kind=Device,involvedObject.name=one';
    expect(reasons(await list({ fieldSelector, order: 'asc' }))).toEqual(life);
    expect(reasons(await list({ fieldSelector, order: 'desc' }))).toEqual(life.toReversed());
    expect(reasons(await list({ fieldSelector }))).toEqual(life.toReversed());
  });

  test('say who, when, in which restore and what of', async () => {
    const restore = await here.restore();
    const [event] = (await list({ fieldSelector: 'reason=ResourceUpdated' })).items;
    expect(event).toMatchObject({
      apiVersion: 'flightctl.io/v1beta1',
      kind: 'Event',
      metadata: { creationTimestamp: '2026-11-21T08:00:06.000Z', annotations: { 'muster/restore': restore } },
      involvedObject: { kind: 'Device', name: 'one' },
      type: 'Normal',
      source: { component: 'muster' },
      actor: 'user:anonymous',
      details: {
        detailType: 'ResourceUpdated',
        updatedFields: ['labels', 'spec', 'owner'],
        previousOwner: null,
        newOwner: 'Fleet/a',
      },
    });
  });

  test.each([
    ['actor=user:operator', 2],
    ['type=Warning', 3],
    ['reason in (FleetRolloutStarted,FleetRolloutCompleted)', 4],
    ['reason contains Owners', 2],
    ['metadata.creationTimestamp>2026-11-21T08:00:05Z', 4],
    ['involvedObject.kind=System', 1],
    ['involvedObject.name=nobody', 0],
    ['metadata.owner', 0],
  ])('selected by %s are %i', async (fieldSelector, count) => {
    expect((await list({ fieldSelector })).items).toHaveLength(count);
  });

  test.each(['asc', 'desc'])('in pages, order %s, are all there once', async (order) => {
    const all = await list({ order });
    const seen: Array<string | undefined> = [];
    let token: string | undefined;
    do {
      const page = await list({ order, limit: '3', ...(token !== undefined && { continue: token }) });
      seen.push(...page.items.map(({ metadata }) => metadata.name));
      token = page.metadata.continue;
      expect(page.metadata.remainingItemCount).toBeUndefined();
    } while (token !== undefined);
    expect(seen).toEqual(all.items.map(({ metadata }) => metadata.name));
    expect(new Set(seen).size).toBe(seen.length);
  });

  test.each(['order=up', 'limit=1001', 'limit=-1', 'continue=x', 'fieldSelector=labels', 'fieldSelector=reason%3E5'])(
    'are refused with 400 for %s',
    async (query) => {
      refusalOf(await api.get(`/events?${query}`), 400);
    },
  );

  test('are refused with 400 for the token of another order', async () => {
    const { metadata } = await list({ limit: '2', order: 'asc' });
    refusalOf(await api.get(`/events?order=desc&continue=${metadata.continue}`), 400);
  });
});

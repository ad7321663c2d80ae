import { describe, expect, test } from 'vitest';
import type { FleetRequest } from '../../src/domain/resources/fleet.ts';
import { createFleet } from '../../src/usecases/create-fleet.ts';
import { readDevice } from '../../src/usecases/read-device.ts';
import { readRendered } from '../../src/usecases/read-rendered.ts';
import { adoptDevices, type DeviceAction } from '../../src/usecases/resume-devices.ts';
import { rollOutPending } from '../../src/usecases/roll-out-fleet.ts';
import { fleetRequest } from '../support/documents.ts';
import { by } from '../support/fleet-fixture.ts';
import { eventRows, keptCounts } from '../support/restore-rows.ts';
import { deviceRow, restoreCounts } from '../support/table-rows.ts';
import { useFleet } from '../support/use-fleet.ts';

const { here, fleet } = await useFleet();

const everything = { fieldSelector: 'metadata.name!=none' };
const adopt = (action: Partial<DeviceAction> = {}) => adoptDevices(here.context, { ...everything, ...action, by });
const own = { os: { image: 'quay.io/acme/lost:9' }, label: '{{ .metadata.name }}' };

describe('adopting', () => {
  test('makes the spec that the device runs the desired one, and sends it as it is', async () => {
    await fleet.paused('a');
    await fleet.report('a', 4, { spec: own });
    expect(await adopt()).toEqual({ names: ['a'], nothingToSend: [], withoutSpec: [] });
    expect(await deviceRow(here.context, 'a')).toMatchObject({ spec: own, spec_adopted: true, generation: '2' });
    expect(await fleet.render()).toBe(1);
    expect((await fleet.row('a')).state.server.version).toBe(5);
    expect((await readRendered(here.context, 'a', { knownVersion: 4 }))?.spec).toEqual(own);
    expect(await fleet.report('a', 4)).toMatchObject({ gate: 'Open', verdict: 'Behind' });
  });

  test('takes the spec from what was rendered, where the device runs that', async () => {
    await fleet.running('a', 'b');
    const { specHash } = await fleet.rendered('b');
    await fleet.declareRestore();
    await fleet.report('a', { timeline: null, version: 9, specHash });
    expect(await adopt({ fieldSelector: 'metadata.name=a' })).toMatchObject({ names: ['a'] });
    expect(await deviceRow(here.context, 'a')).toMatchObject({ spec: { os: { image: 'quay.io/acme/b:1' } } });
  });

  test('leaves paused the devices that did not send their spec, and names them', async () => {
    await fleet.paused('a', 'b', 'c');
    await fleet.report('b', 4, { spec: own });
    expect(await adopt()).toEqual({ names: ['b'], nothingToSend: [], withoutSpec: ['a', 'c'] });
    expect(await keptCounts(here.context)).toMatchObject({ conflict_paused: 2, adopted: 1, resumed: 0 });
  });

  test('does not take a spec that the device sent for another version', async () => {
    await fleet.paused('a');
    await fleet.report('a', 4, { spec: own });
    await fleet.report('a', 5);
    expect(await adopt()).toEqual({ names: [], nothingToSend: [], withoutSpec: ['a'] });
  });

  test('writes one event each, with who and why, and counts it', async () => {
    await fleet.paused('a');
    await fleet.report('a', 4, { spec: own });
    await adopt({ reason: 'the backup was too old' });
    const events = await eventRows(here.context, 'DeviceAdopted');
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      actor: by.actor,
      involved_name: 'a',
      details: { reason: 'the backup was too old' },
    });
    expect(await restoreCounts(here.context)).toMatchObject({ kept: { paused: 0 }, settled: true });
    expect(await adopt()).toEqual({ names: [], nothingToSend: [], withoutSpec: [] });
    expect(await eventRows(here.context, 'DeviceAdopted')).toHaveLength(1);
  });

  test('in a dry run changes nothing', async () => {
    await fleet.paused('a', 'b');
    await fleet.report('a', 4, { spec: own });
    expect(await adopt({ dryRun: true })).toEqual({ names: ['a'], nothingToSend: [], withoutSpec: ['b'] });
    expect(await deviceRow(here.context, 'a')).toMatchObject({ spec_adopted: false, generation: '1' });
    expect(await keptCounts(here.context)).toMatchObject({ conflict_paused: 2, adopted: 0 });
  });

  test('goes before a fleet’s template, and says so', async () => {
    await createFleet(here.context, { request: fleetRequest('north', { site: 'north' }) as FleetRequest, by });
    await rollOutPending(here.context, new AbortController().signal);
    await fleet.create('a', { labels: { site: 'north' } });
    await fleet.render();
    await fleet.report('a', 7, { spec: own });
    await adopt();
    await fleet.render();
    const shown = await readDevice(here.context, 'a');
    expect(shown.metadata).toMatchObject({ owner: 'Fleet/north', annotations: { 'muster/specAdopted': 'true' } });
    expect((await readRendered(here.context, 'a', { knownVersion: 7 }))?.spec).toEqual(own);
  });

  test('does not touch a device that is awaited', async () => {
    await fleet.paused('a');
    await fleet.report('a', 4, { spec: own });
    await fleet.declareRestore();
    expect(await adopt()).toEqual({ names: [], nothingToSend: [], withoutSpec: [] });
  });
});

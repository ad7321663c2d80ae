import { expect, test } from 'vitest';
import { renderedDocument } from '../../src/agent/rendered-document.ts';
import { s10Absence } from './invariants.ts';
import { firstWorld } from './world.ts';

const timeline = '0199a000-0000-7000-8000-000000000001';
const emptied = JSON.stringify({ config: [], consoles: [] });

// The reference model sees a wrong render before it is sent. This shows that the devices would notice one that it does not see.
test.each([
  ['of its own version, after a restart', 0, true],
  ['of a higher version', 1, false],
])('a device of the model notices an empty document %s', (_, above, restarts) => {
  const world = firstWorld(timeline);
  const device = world.device(0);
  const { at } = device;
  if (at === null) throw new Error('the first device runs nothing');
  expect(device.differences()).toEqual([]);
  if (restarts) device.restart();
  world.passTime(600_000);
  s10Absence(world.witness);
  const position = { timeline, version: at.version + above, specHash: null, lineage: {} };
  device.receive(at, JSON.parse(renderedDocument(device.name, position, timeline, emptied)));
  expect(() => s10Absence(world.witness)).toThrow('S10: 3 things were removed');
  expect(device.differences()).toHaveLength(3);
});

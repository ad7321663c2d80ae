import * as fc from 'fast-check';
import { gateOf, type Belief } from '../reference-state.ts';
import type { World } from '../world.ts';
import { device } from './choices.ts';

/** A person's selection of devices: the kind of selector, and the device or group. */
export type Selection = { how: (typeof hows)[number]; device: number; other: number };

const hows = ['name', 'names', 'all', 'paused', 'group', 'not group', 'group and paused'] as const;

export const selection: fc.Arbitrary<Selection> = fc.record({
  how: fc.constantFrom(...hows),
  device,
  other: device,
});

type Selectors = { labelSelector?: string; fieldSelector?: string };

/** The selectors of a request, and the names that they select, in name order. */
export function select(world: World, { how, device, other }: Selection): { selectors: Selectors; names: string[] } {
  const { name } = world.device(device);
  const { name: second } = world.device(other);
  const paused = 'status.summary.status=ConflictPaused';
  const isPaused = (belief: Belief) => gateOf(belief, world.server.restore) === 'ConflictPaused';
  const among = (selectors: Selectors, matches: (name: string, belief: Belief) => boolean) => ({
    selectors,
    names: [...world.server.devices]
      .filter(([name, belief]) => matches(name, belief))
      .map(([name]) => name)
      .toSorted(),
  });
  switch (how) {
    case 'name':
      return among({ fieldSelector: `metadata.name=${name}` }, (one) => one === name);
    case 'names':
      return among({ fieldSelector: `metadata.name in (${name}, ${second})` }, (one) => one === name || one === second);
    case 'all':
      return among({ fieldSelector: "metadata.name!=''" }, () => true);
    case 'paused':
      return among({ fieldSelector: paused }, (_, belief) => isPaused(belief));
    case 'group':
      return among({ labelSelector: 'group=a' }, (_, { group }) => group === 'a');
    case 'not group':
      return among({ labelSelector: 'group notin (a)' }, (_, { group }) => group !== 'a');
    case 'group and paused':
      return among(
        { labelSelector: 'group', fieldSelector: paused },
        (_, belief) => belief.group !== null && isPaused(belief),
      );
    default:
      return how satisfies never;
  }
}

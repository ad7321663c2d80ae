import { filledIn, isFailing, nothingWritten } from './contents.ts';
import {
  update,
  type Belief,
  type ExpectedEvent,
  type FleetBelief,
  type Next,
  type ServerState,
} from './reference-state.ts';

// The part of the reference model that speaks of fleets: who owns a device, and what becomes of a template on it.

type Fleets = ServerState['fleets'];
type Target = Pick<Belief, 'desired' | 'adopted' | 'owner' | 'ofTemplate' | 'problem'>;

/** The fleet that owns devices of a group. */
export function ownerOf(fleets: Fleets, group: string | null): string | null {
  return [...fleets].find(([, fleet]) => fleet.group === group)?.[0] ?? null;
}

/** A device once it has this owner and the template of it: what cannot be filled in, or says nothing, leaves the spec. */
export function takeTemplate<Device extends Target>(
  name: string,
  before: Device,
  fleets: Fleets,
  owner: string | null,
): Device {
  const template = owner === null ? nothingWritten : (fleets.get(owner)?.template ?? nothingWritten);
  const stays = owner !== null && owner === before.owner;
  if (stays && before.adopted && before.ofTemplate) return before;
  if (template === nothingWritten) return { ...before, owner, ofTemplate: false, problem: false };
  if (isFailing(template)) return { ...before, owner, ofTemplate: stays && before.ofTemplate, problem: true };
  return { ...before, owner, desired: filledIn(template, name), adopted: false, ofTemplate: true, problem: false };
}

/** The event of a template that cannot be filled in, or can again. */
export function templateEvents(name: string, before: boolean, after: boolean): ExpectedEvent[] {
  return before === after ? [] : [{ reason: after ? 'DeviceSpecInvalid' : 'DeviceSpecValid', name }];
}

const withFleet = (state: ServerState, name: string, fleet: FleetBelief): ServerState => ({
  ...state,
  fleets: new Map(state.fleets).set(name, fleet),
});

/** A person writes a fleet. Its devices hear of it with the rollout. */
export function putFleet(
  before: ServerState,
  name: string,
  { group, template }: Pick<FleetBelief, 'group' | 'template'>,
): Next {
  const started = { reason: 'FleetRolloutStarted', name };
  const known = before.fleets.get(name);
  if (known === undefined) {
    const state = withFleet(before, name, { group, template, generation: 1, rolledOut: 0 });
    return { state, events: [{ reason: 'ResourceCreated', name }, started] };
  }
  if (known.group === group && known.template === template) return { state: before, events: [] };
  let state = withFleet(before, name, { ...known, group, template, generation: known.generation + 1 });
  for (const [device, belief] of state.devices) {
    // What was adopted was decided against another template.
    const isDecided = belief.owner === name && belief.adopted && template !== known.template;
    if (isDecided) state = update(state, device, { ...belief, ofTemplate: false });
  }
  return { state, events: [{ reason: 'ResourceUpdated', name }, started] };
}

/** A person deletes a fleet: its devices keep the specs they have. */
export function removeFleet(before: ServerState, name: string): Next {
  const fleets = new Map(before.fleets);
  fleets.delete(name);
  const { state, events } = review({ ...before, fleets }, name, undefined);
  return { state, events: [...events, { reason: 'ResourceDeleted', name }] };
}

/** Fleets that not all of their devices have heard of, in order. */
export function fleetsToRollOut({ fleets }: ServerState): string[] {
  return [...fleets]
    .filter(([, { generation, rolledOut }]) => rolledOut < generation)
    .map(([name]) => name)
    .toSorted();
}

/** The devices of a fleet hear of it. */
export function reviewFleet(state: ServerState, name: string): Next {
  return review(state, name, state.fleets.get(name));
}

/** All of them have. */
function completeFleet(state: ServerState, name: string): Next {
  const fleet = state.fleets.get(name);
  if (fleet === undefined) return { state, events: [] };
  const hasFailed = [...state.devices.values()].some(({ owner, problem }) => owner === name && problem);
  const reason = hasFailed ? 'FleetRolloutFailed' : 'FleetRolloutCompleted';
  return { state: withFleet(state, name, { ...fleet, rolledOut: fleet.generation }), events: [{ reason, name }] };
}

/** Rolls out all that is not. */
export function rollOutAll(before: ServerState): Next {
  let next: Next = { state: before, events: [] };
  for (const name of fleetsToRollOut(before)) {
    for (const part of [reviewFleet, completeFleet]) {
      const { state, events } = part(next.state, name);
      next = { state, events: [...next.events, ...events] };
    }
  }
  return next;
}

function review(before: ServerState, fleet: string, is: FleetBelief | undefined): Next {
  let state = before;
  const events: ExpectedEvent[] = [];
  for (const [name, belief] of before.devices) {
    const isNear = belief.owner === fleet || (is !== undefined && belief.group === is.group);
    if (!isNear || !belief.mustered) continue;
    const after = takeTemplate(name, belief, before.fleets, ownerOf(before.fleets, belief.group));
    const isAnotherSpec = after.desired !== belief.desired || after.adopted !== belief.adopted;
    state = update(state, name, { ...after, wanted: belief.wanted + (isAnotherSpec ? 1 : 0) });
    if (isAnotherSpec || after.owner !== belief.owner) events.push({ reason: 'ResourceUpdated', name });
    events.push(...templateEvents(name, belief.problem, after.problem));
  }
  return { state, events };
}

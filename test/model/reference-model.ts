import { nothingWritten, orderToDecommission } from './contents.ts';
import { createSpec, positionOf, type Claim, type Spec } from './history.ts';
import { ownerOf, takeTemplate, templateEvents } from './reference-fleets.ts';
import {
  census,
  gateOf,
  noTally,
  update,
  type Belief,
  type ExpectedEvent,
  type Gate,
  type Next,
  type ServerState,
} from './reference-state.ts';

// What the service should believe and do, written a second time, from design.md alone and for few devices: positions are
// sets of specs here, not lineages and numbers. Every function takes a state and gives the next one.

/** A claim that is no ancestor of the server's position, as far as the claim tells. */
function isConflict(belief: Belief, { at, form }: Claim): boolean {
  if (at === null || form === 'silent') return false;
  if (form === 'full') return !belief.known.has(at.id);
  if (at.version > belief.version) return true;
  const { spec } = belief;
  return form === 'hashed' && at.version === belief.version && spec !== null && spec.hash !== at.hash;
}

export const isBehind = (belief: Belief, claim: Claim): boolean =>
  !isConflict(belief, claim) && (claim.at === null || claim.at.version < belief.version);

/** The document that a device with this claim gets now, if any. */
export function deliveryTo(belief: Belief, claim: Claim, restore: string): Spec | null {
  if (claim.form === 'silent' || gateOf(belief, restore) !== 'Open') return null;
  return isBehind(belief, claim) ? belief.spec : null;
}

/** A restore is settled by a change after which nobody is awaited and nobody paused, and no longer by one after which somebody is. */
function settle(before: ServerState, { state, events }: Next): Next {
  const { awaiting, conflictPaused } = census(state);
  const changed = JSON.stringify([census(before), before.tally]) !== JSON.stringify([census(state), state.tally]);
  const settled = awaiting === 0 && conflictPaused === 0;
  if (!changed || state.restore === state.genesis || settled === state.settled) return { state, events };
  const reason = settled ? 'RestoreSettled' : 'RestoreMusteringAgain';
  return { state: { ...state, settled }, events: [...events, { reason, name: state.restore }] };
}

/** The answer to one report of a batch; undefined for an unknown device. */
export type Answer = { readonly belief: Belief; readonly gate: Gate; readonly conflict: boolean } | undefined;

/** Takes reports in the order given, as one commit. */
export function report(
  before: ServerState,
  claims: readonly Claim[],
  history: ReadonlyMap<string, Spec>,
): Next & { readonly answers: readonly Answer[] } {
  let state = before;
  const events: ExpectedEvent[] = [];
  const answers = claims.map((claim): Answer => {
    const taken = reportOne(state, claim, history);
    if (taken === undefined) {
      state = claimedUnknown(state, claim);
      return undefined;
    }
    state = taken.state;
    events.push(...taken.events);
    return taken.answer;
  });
  return { ...settle(before, { state, events }), answers };
}

/** Stores the claim of an unknown device, without judging it. */
function claimedUnknown(state: ServerState, { device, at, form }: Claim): ServerState {
  const version = form === 'silent' ? 0 : (at?.version ?? 0);
  const unknown = new Map(state.unknown).set(device, Math.max(version, state.unknown.get(device) ?? 0));
  return { ...state, unknown };
}

function reportOne(
  state: ServerState,
  claim: Claim,
  history: ReadonlyMap<string, Spec>,
): (Next & { answer: Answer }) | undefined {
  const { device: name, at } = claim;
  const { restore } = state;
  const known = state.devices.get(name);
  if (known === undefined) return undefined;
  const sent = claim.withSpec && at !== null ? { version: at.version, content: at.content } : known.sent;
  const belief = { ...known, sent };
  const conflict = isConflict(belief, claim);
  const gate = gateOf(belief, restore);
  // An order to decommission that was given since the restore holds wherever the device is.
  if (!belief.mustered && conflict && belief.answered === restore) {
    const ordered = graft({ ...belief, reported: claim }, restore, history);
    return { state: update(state, name, ordered), events: [], answer: { belief: ordered, gate, conflict } };
  }
  if (!belief.mustered || claim.form === 'silent') {
    return { state: update(state, name, belief), events: [], answer: { belief, gate, conflict } };
  }
  const paused = belief.paused || conflict;
  const judged: Belief = { ...belief, reported: claimToKeep(belief, claim), paused, answered: restore };
  const first = gate === 'AwaitingReconnect';
  const tally = {
    ...state.tally,
    answered: state.tally.answered + (first ? 1 : 0),
    inSync: state.tally.inSync + (first && !paused && !isBehind(belief, claim) ? 1 : 0),
    behind: state.tally.behind + (first && !paused && isBehind(belief, claim) ? 1 : 0),
  };
  const events: ExpectedEvent[] = [];
  if (paused && gate !== 'ConflictPaused') events.push({ reason: 'DeviceConflictPaused', name, unexpected: !first });
  if (!paused && first) events.push({ reason: 'DeviceAnswered', name });
  const answer = { belief: judged, gate: gateOf(judged, restore), conflict };
  return { state: { ...update(state, name, judged), tally }, events, answer };
}

function claimToKeep(belief: Belief, claim: Claim): Claim {
  const { reported } = belief;
  if (reported === null) return claim;
  const [knownConflicts, conflicts] = [isConflict(belief, reported), isConflict(belief, claim)];
  if (knownConflicts !== conflicts) return conflicts ? claim : reported;
  return higher(reported, claim);
}

/** The higher claim of two; of two with the same number the one of the newer timeline; of two places the same, the newer claim. */
function higher(known: Claim, claim: Claim): Claim {
  const place = (of: Claim) => positionOf(of) ?? { version: 0, timeline: null, specHash: null };
  const [before, now] = [place(known), place(claim)];
  if (now.version !== before.version) return now.version > before.version ? claim : known;
  if (now.timeline !== before.timeline) return (now.timeline ?? '') > (before.timeline ?? '') ? claim : known;
  return now.specHash === null ? known : claim;
}

export type RenderInput = { readonly device: string; readonly content: string; readonly wanted: number };

/** The inputs that a sweep reads before it renders. */
export function renderInputs({ devices, restore }: ServerState): RenderInput[] {
  return [...devices]
    .filter(([, belief]) => gateOf(belief, restore) === 'Open' && belief.rendered < belief.wanted)
    .map(([device, { desired, wanted }]) => ({ device, content: desired, wanted }));
}

/** Commits what was rendered from inputs that were read under `restore`. */
export function commitRender(before: ServerState, restore: string, inputs: readonly RenderInput[]): Next {
  let state = before;
  for (const { device, content, wanted } of inputs) {
    const belief = state.devices.get(device);
    if (belief === undefined || state.restore !== restore) continue;
    if (gateOf(belief, restore) !== 'Open' || belief.rendered >= wanted) continue;
    const done: Belief = { ...belief, rendered: wanted };
    if (content === nothingWritten || belief.spec?.content === content) {
      state = update(state, device, done);
      continue;
    }
    const version = Math.max(belief.version, positionOf(belief.reported ?? never(device))?.version ?? 0) + 1;
    const spec = createSpec({ device, timeline: restore, version, content }, belief.ancestors);
    const known = new Set([...belief.known, spec.id]);
    state = update(state, device, { ...done, timeline: restore, version, spec, known, ancestors: spec.ancestors });
    state = { ...state, stored: new Set([...state.stored, content]) };
  }
  return { state, events: [] };
}

/** Stands for the restore that a device last answered which has answered none. */
const nowhere = 'none';

const never = (device: string): Claim => ({ device, at: null, form: 'silent', withSpec: false });

/** The content that an adoption would make the desired one; undefined where it is not known. */
export function runningContent(state: ServerState, { reported, sent }: Belief): string | undefined {
  if (reported === null || reported.at === null) return undefined;
  if (sent?.version === reported.at.version) return sent.content;
  return reported.form !== 'number' && state.stored.has(reported.at.content) ? reported.at.content : undefined;
}

/** Resumes or adopts paused devices, and nothing else of what is named. `history` holds every spec there ever was. */
export function decideFor(
  before: ServerState,
  verb: 'resume' | 'adopt',
  names: readonly string[],
  history: ReadonlyMap<string, Spec>,
): Next & { readonly names: readonly string[] } {
  const decided = names.filter((name) => {
    const belief = before.devices.get(name);
    if (belief === undefined || gateOf(belief, before.restore) !== 'ConflictPaused') return false;
    return verb === 'resume' || runningContent(before, belief) !== undefined;
  });
  let state = before;
  for (const name of decided) {
    const belief = state.devices.get(name);
    if (belief === undefined) continue;
    const grafted = { ...graft(belief, state.restore, history), paused: false };
    const content = verb === 'adopt' ? runningContent(state, belief) : undefined;
    const adopted = {
      desired: content ?? belief.desired,
      adopted: true,
      ofTemplate: belief.owner !== null,
      problem: false,
    };
    state = update(state, name, content === undefined ? grafted : { ...grafted, ...adopted });
  }
  const counter = verb === 'resume' ? 'resumed' : 'adopted';
  state = { ...state, tally: { ...state.tally, [counter]: state.tally[counter] + decided.length } };
  const reason = verb === 'resume' ? 'DeviceConflictResolved' : 'DeviceAdopted';
  const events = decided.map((name) => ({ reason, name }));
  return { ...settle(before, { state, events }), names: decided };
}

/** Makes the device's claim an ancestor, which is all that a decision does. */
function graft(belief: Belief, restore: string, history: ReadonlyMap<string, Spec>): Belief {
  const known = new Set(belief.known);
  const ancestors = new Set(belief.ancestors);
  const claim = belief.reported;
  if (claim !== null && claim.at !== null) {
    // A claim without a timeline was judged on the server's own.
    const timeline = claim.form === 'full' ? claim.at.timeline : belief.timeline;
    for (const spec of history.values()) {
      if (spec.device !== claim.device || spec.timeline !== timeline || spec.version > claim.at.version) continue;
      if (claim.form !== 'full' || claim.at.ancestors.has(spec.id)) known.add(spec.id);
    }
    for (const id of claim.at.ancestors) ancestors.add(id);
  }
  for (const id of known) ancestors.add(id);
  const version = Math.max(belief.version, claim?.at?.version ?? 0);
  const wanted = belief.wanted + 1;
  return { ...belief, timeline: restore, version, spec: null, known, ancestors, wanted };
}

/** Declares a restore over what the database holds now. */
export function declare(before: ServerState, restore: string, key: string, reason: string): Next {
  const { total } = census(before);
  const keys = new Map(before.keys).set(key, { reason, restore });
  const state = { ...before, restore, tally: noTally, settled: total === 0, keys };
  return { state, events: [{ reason: 'SystemRestored', name: restore }] };
}

/** A person's edit of a device: its label, and its spec if they write one. */
export type Change = { readonly content?: string; readonly group?: string | null };

const isAnotherSpec = ({ desired, adopted }: Belief, content: string): boolean =>
  content !== nothingWritten && (adopted || content !== desired);

/** A device that is decommissioned is not edited, and the spec of one that belongs to a fleet is the fleet's to say. */
export function isRefused(belief: Belief, { content = nothingWritten, group = belief.group }: Change): boolean {
  const respecified = isAnotherSpec(belief, content);
  if (!belief.mustered) return respecified || group !== belief.group;
  return respecified && belief.owner !== null;
}

export function edit(state: ServerState, name: string, change: Change): Next {
  const before = state.devices.get(name);
  if (before === undefined || isRefused(before, change)) return { state, events: [] };
  const { content = nothingWritten, group = before.group } = change;
  const respecified = isAnotherSpec(before, content);
  if (!respecified && group === before.group) return { state, events: [] };
  const written = respecified ? { ...before, desired: content, adopted: false } : before;
  const { fleets } = state;
  const edited = group === before.group ? written : takeTemplate(name, written, fleets, ownerOf(fleets, group));
  const events = [{ reason: 'ResourceUpdated', name }, ...templateEvents(name, before.problem, edited.problem)];
  return { state: update(state, name, { ...edited, group, wanted: before.wanted + 1 }), events };
}

/** A device is entered. One that claimed a version while it was not known may run a spec, so it has to answer first. */
export function create(before: ServerState, name: string, content: string, group: string): Next {
  const nothing = { spec: null, reported: null, sent: null, paused: false };
  const numbers = { version: 0, wanted: 1, rendered: 0 };
  const isAwaited = (before.unknown.get(name) ?? 0) > 0;
  const place = {
    timeline: before.restore,
    answered: isAwaited ? nowhere : before.restore,
    known: new Set<string>(),
    ancestors: new Set<string>(),
  };
  const unowned = { desired: content, adopted: false, owner: null, ofTemplate: false, problem: false };
  const owned = takeTemplate(name, unowned, before.fleets, ownerOf(before.fleets, group));
  const unknown = new Map(before.unknown);
  if (isAwaited) unknown.delete(name);
  const state = update({ ...before, unknown }, name, {
    ...nothing,
    ...numbers,
    ...place,
    ...owned,
    mustered: true,
    group,
  });
  const events = [{ reason: 'ResourceCreated', name }, ...templateEvents(name, false, owned.problem)];
  return settle(before, { state, events });
}

export function remove(before: ServerState, name: string): Next {
  const devices = new Map(before.devices);
  devices.delete(name);
  return settle(before, { state: { ...before, devices }, events: [{ reason: 'ResourceDeleted', name }] });
}

/** An order to decommission stands, and was given in the current restore. */
export function isOrdered(belief: Belief, restore: string): boolean {
  return !belief.mustered && belief.answered === restore;
}

/**
 * The device is decommissioned: told so by a last spec wherever it is, without labels, and never stamped or judged again.
 * An order of an older restore may be given again.
 */
export function decommission(before: ServerState, name: string, history: ReadonlyMap<string, Spec>): Next {
  const { restore } = before;
  const belief = before.devices.get(name);
  if (belief === undefined || isOrdered(belief, restore)) return { state: before, events: [] };
  const desired = belief.mustered ? orderToDecommission(belief.desired) : belief.desired;
  const place = belief.reported === null ? { ...belief, wanted: belief.wanted + 1 } : graft(belief, restore, history);
  const alone = { mustered: false, answered: restore, group: null, owner: null, ofTemplate: false, problem: false };
  const state = update(before, name, { ...place, ...alone, desired });
  const events = [{ reason: 'DeviceDecommissioned', name }, ...templateEvents(name, belief.problem, false)];
  return settle(before, { state, events });
}

import { isDeepStrictEqual } from 'node:util';
import type { Claim, Spec } from './history.ts';
import type { OrderWitness } from '../../src/simulator/order-witness.ts';
import { deliveredOf, documentOf } from './contents.ts';
import { census, gateOf, type ExpectedEvent, type ServerState } from './reference-state.ts';
import type { DeviceRow, Snapshot } from './snapshot.ts';
import type { Handed } from './system.ts';

// The invariants of design.md, section 6, as functions that throw. A failure says which one it is, and where.

/** The changes that a command may make to the database. */
export type StepKind =
  | 'report'
  | 'render'
  | 'edit'
  | 'fleet'
  | 'decide'
  | 'declare'
  | 'put back'
  | 'inventory'
  | 'nothing';

/** One command, as the database shows it. */
export type Step = {
  readonly kind: StepKind;
  readonly before: Snapshot;
  readonly after: Snapshot;
  /** The expected state. */
  readonly state: ServerState;
  readonly events: readonly ExpectedEvent[];
};

/** An invariant does not hold. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

function violated(invariant: string, what: string): never {
  throw new Violation(`${invariant}: ${what}`);
}

/** Rows of devices that were there before and after. */
function changes({ before, after }: Step): Array<{ was: DeviceRow; is: DeviceRow }> {
  return after.devices.flatMap((is) => {
    const was = before.devices.find(({ name }) => name === is.name);
    return was === undefined ? [] : [{ was, is }];
  });
}

const tell = (row: DeviceRow): string =>
  `${row.name} at ${row.timeline.slice(-4)}#${row.version} (${row.spec_hash?.slice(0, 8) ?? 'no hash'})`;

/**
 * A device that states its timeline is handed a spec only if what it said it runs truly came before it, or a person
 * said so. One that does not is promised as much as it tells: a lower number; and never past a pause.
 */
export function s1AncestorGate(claim: Claim, handed: Handed, spec: Spec | undefined): asserts spec is Spec {
  const { device, server } = handed;
  const where = `${device} said ${claim.at?.id ?? 'nothing'} (${claim.form}) and was handed`;
  if (spec === undefined) violated('S1', `${where} ${server.timeline}#${server.version}, which nobody rendered`);
  if (claim.at === null) return;
  if (claim.form === 'full' && !spec.ancestors.has(claim.at.id)) violated('S1', `${where} ${spec.id}, no descendant`);
  if (claim.at.version >= spec.version) violated('S1', `${where} ${spec.id}, not a higher number`);
}

/** The spec that is handed to a device is the one that was rendered for it. */
export function s1Content({ device, spec: handed }: Handed, spec: Spec): void {
  if (isDeepStrictEqual(handed, deliveredOf(spec.content))) return;
  violated('S1', `${device} was handed ${JSON.stringify(handed)} as ${spec.id}`);
}

/** Nothing on a device was ever changed or removed that nobody wrote. */
export function s10Absence({ unordered, removed, changed }: OrderWitness): void {
  const [first] = unordered;
  if (first === undefined) return;
  violated('S10', `${removed} things were removed and ${changed} changed that nobody wrote: ${JSON.stringify(first)}`);
}

/** Nothing is rendered for a device that has not answered the current restore or is paused. */
function s2Fencing(step: Step): void {
  for (const { was, is } of changes(step)) {
    if (step.kind === 'put back' || !is.mustered || !was.mustered) continue;
    const rendered = is.spec_hash !== null && (is.version !== was.version || is.spec_hash !== was.spec_hash);
    if (!rendered) continue;
    const closed = was.answered_restore_id !== step.before.restore || was.conflict_verdict !== null;
    if (closed) violated('S2', `rendered past a closed gate: ${tell(was)} became ${tell(is)}`);
    if (is.timeline !== step.after.restore) violated('S2', `rendered in an older restore: ${tell(is)}`);
  }
}

/** Nothing is handed to a device that has not answered the current restore or is paused. */
export function s2Delivery({ device }: Handed, { before, after }: Pick<Step, 'before' | 'after'>): void {
  const is = after.devices.find(({ name }) => name === device);
  const was = before.devices.find(({ name }) => name === device);
  if (is === undefined) violated('S2', `${device} is not in the database and was handed a spec`);
  if (!is.mustered) return;
  if (is.answered_restore_id !== after.restore) violated('S2', `${device} has not answered and was handed a spec`);
  if (was !== undefined && was.conflict_verdict !== null && is.conflict_verdict !== null)
    violated('S2', `${device} is paused and was handed a spec`);
}

/** Versions only grow, and another spec has another version. */
function s3MonotoneVersions(step: Step): void {
  if (step.kind === 'put back') return;
  for (const { was, is } of changes(step)) {
    if (is.version < was.version) violated('S3', `${tell(was)} became ${tell(is)}`);
    const same = is.spec_hash === was.spec_hash && is.timeline === was.timeline;
    if (is.version === was.version && !same && is.spec_hash !== null) violated('S3', `${tell(was)} became ${tell(is)}`);
    const rendered = is.version > was.version && is.spec_hash !== null;
    if (rendered && is.version <= (is.reported_version ?? 0)) {
      violated('S3', `${tell(is)} is not above version ${is.reported_version}, which the device claimed`);
    }
  }
}

/** One decision a device and restore; a conflict ends by a person's decision alone, and its beginning is not moved. */
function s4DecideOnce(step: Step): void {
  if (step.kind === 'put back') return;
  for (const { was, is } of changes(step)) {
    const sameRestore = step.before.restore === step.after.restore;
    const answered = was.answered_restore_id === step.before.restore;
    if (sameRestore && answered && is.answered_restore_id !== was.answered_restore_id) {
      violated('S4', `${is.name} had answered and is awaited again`);
    }
    if (was.conflict_verdict !== null && is.conflict_verdict === null && step.kind !== 'decide') {
      violated('S4', `a ${step.kind} ended the conflict of ${is.name}`);
    }
    if (was.conflict_verdict !== null && is.conflict_verdict !== null && was.conflict_since !== is.conflict_since) {
      violated('S4', `the conflict of ${is.name} began anew`);
    }
    const answers = step.after.events.filter(
      ({ reason, involved_name }) => reason === 'DeviceAnswered' && involved_name === is.name,
    );
    if (sameRestore && answered && answers.length > 0) violated('S4', `${is.name} was decided about twice`);
  }
}

/** Checks that a decision answered, changed and recorded the same devices. */
export function s5Resume(step: Step, names: readonly string[], again: readonly string[]): void {
  const decided = changes(step).flatMap(({ was, is }) =>
    was.conflict_verdict !== null && is.conflict_verdict === null ? [is.name] : [],
  );
  const told = step.after.events.flatMap(({ reason, involved_name }) =>
    reason === 'DeviceConflictResolved' || reason === 'DeviceAdopted' ? [involved_name] : [],
  );
  if (!isDeepStrictEqual([...names].toSorted(), decided.toSorted())) {
    violated('S5', `answered [${names.join()}] and changed [${decided.join()}]`);
  }
  if (!isDeepStrictEqual(told.toSorted(), decided.toSorted())) {
    violated('S5', `changed [${decided.join()}] and wrote events for [${told.join()}]`);
  }
  if (again.length > 0) violated('S5', `the same call again answered [${again.join()}]`);
}

/** A restore is declared whole or not at all, and its counters are what counting gives. */
export function s6Stamp({ after, state }: Step): void {
  if (after.restore !== state.restore) violated('S6', `the current restore is ${after.restore}, not ${state.restore}`);
  const { histogram, ...kept } = after.kept;
  const counted = { ...after.counted, answered: state.tally.answered };
  if (!isDeepStrictEqual(kept, counted)) {
    violated('S6', `counters are ${JSON.stringify(kept)}, counted are ${JSON.stringify(counted)}`);
  }
  if (histogram !== kept.answered) violated('S6', `${kept.answered} answered, ${histogram} are in the histogram`);
  const { total, awaiting, conflictPaused } = census(state);
  if (kept.total !== total || kept.awaiting !== awaiting || kept.conflict_paused !== conflictPaused) {
    violated('S6', `${JSON.stringify(kept)} should be ${JSON.stringify(census(state))}`);
  }
  if (after.settled !== state.settled) violated('S6', `settled is ${after.settled}`);
}

/** A request that is refused changes nothing. */
export function s8FailClosed({ before, after }: Step, what: string): void {
  const still = (snapshot: Snapshot) => ({ ...snapshot, events: [] });
  if (after.events.length > 0 || !isDeepStrictEqual(still(before), still(after))) {
    violated('S8', `${what} was refused, yet something changed`);
  }
}

/** One event a transition, in the restore that it happened in, with who did it. */
export function s9Audit({ after, events }: Step): void {
  const expected = events.map(({ reason, name, restore = after.restore }) => `${reason} ${name} in ${restore}`);
  for (const { name, reason, unexpected, restore = after.restore } of events) {
    const pause = after.events.find((event) => event.reason === reason && event.involved_name === name);
    if (unexpected !== true || pause?.verdict !== 'Ahead') continue;
    // The service says of itself what the pause says of its device: that one of the two went back.
    expected.push(`DeviceAheadWithoutRestore ${restore} in ${restore}`);
  }
  const found = after.events.map(({ reason, involved_name, restore }) => `${reason} ${involved_name} in ${restore}`);
  if (!isDeepStrictEqual(found.toSorted(), expected.toSorted())) {
    violated('S9', `events are [${found.join(', ')}], should be [${expected.join(', ')}]`);
  }
  for (const { actor, reason } of after.events) {
    const byPerson = reason === 'DeviceConflictResolved' || reason === 'DeviceAdopted' || reason === 'SystemRestored';
    if (byPerson && !actor.startsWith('user:')) violated('S9', `${reason} was done by ${actor}`);
  }
}

/** Checks that the rows match the reference model, which they do if no invariant is broken. */
export function conforms(step: Step): void {
  devicesConform(step);
  const fleets = [...step.state.fleets]
    .map(([name, { group, generation, rolledOut }]) => ({ name, group, generation, rolled_out: rolledOut }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  if (isDeepStrictEqual(step.after.fleets, fleets)) return;
  violated('Model', `fleets are ${JSON.stringify(step.after.fleets)}, not ${JSON.stringify(fleets)}`);
}

function devicesConform({ after, state }: Step): void {
  const expected = [...state.devices]
    .map(([name, belief]) => ({
      name,
      mustered: belief.mustered,
      timeline: belief.timeline,
      version: belief.version,
      hash: belief.spec?.hash ?? null,
      gate: gateOf(belief, state.restore),
      paused: belief.paused,
      reported: belief.reported === null ? null : (belief.reported.at?.version ?? 0),
      pending: belief.rendered < belief.wanted,
      spec: belief.adopted ? deliveredOf(belief.desired) : documentOf(belief.desired),
      group: belief.group,
      owner: belief.owner === null ? null : `Fleet/${belief.owner}`,
      adopted: belief.adopted,
      problem: belief.problem,
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const found = after.devices.map((row) => ({
    name: row.name,
    mustered: row.mustered,
    timeline: row.timeline,
    version: row.version,
    hash: row.spec_hash,
    gate: !row.mustered
      ? 'Open'
      : row.answered_restore_id !== after.restore
        ? 'AwaitingReconnect'
        : row.conflict_verdict === null
          ? 'Open'
          : 'ConflictPaused',
    paused: row.conflict_verdict !== null,
    reported: row.reported_version,
    pending: row.rendered_generation < row.wanted_generation,
    spec: row.spec,
    group: row.group,
    owner: row.owner,
    adopted: row.adopted,
    problem: row.problem,
  }));
  if (isDeepStrictEqual(found, expected)) return;
  if (found.length !== expected.length) violated('Model', `there are ${found.length} devices, not ${expected.length}`);
  const differences = found.flatMap((row, index) =>
    Object.entries(expected[index] ?? {}).flatMap(([what, should]) => {
      const is: unknown = Object.getOwnPropertyDescriptor(row, what)?.value;
      return isDeepStrictEqual(is, should) ? [] : [`${what} is ${JSON.stringify(is)}, not ${JSON.stringify(should)}`];
    }),
  );
  const names = found.filter((row, index) => !isDeepStrictEqual(row, expected[index])).map(({ name }) => name);
  violated('Model', `of ${names.join()}, ${differences.join('; ')}`);
}

/** Every invariant that a step can break. */
export function checkStep(step: Step): void {
  s2Fencing(step);
  s3MonotoneVersions(step);
  s4DecideOnce(step);
  s6Stamp(step);
  s9Audit(step);
  conforms(step);
}

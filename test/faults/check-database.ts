import type { EventRow } from './audit.ts';
import type { Ancestry } from './ancestry.ts';
import { isFull } from './ancestry.ts';
import type { Claim } from './history.ts';
import { gateOf, type Replay, type Transition } from './model.ts';
import type { Violation } from './violation.ts';

const decisionReasons = ['DeviceAnswered', 'DeviceConflictPaused', 'DeviceConflictResolved', 'DeviceAdopted'] as const;

/** The parts of S4, S6 and S9 that can be checked in one database. */
export function checkDatabase(replay: Replay, ancestry: Ancestry): Violation[] {
  return [
    ...replay.violations,
    ...checkEvents(replay),
    ...checkDecisions(replay),
    ...checkPauses(replay, ancestry),
    ...checkRestores(replay),
  ];
}

/** S9: every change of a gate has its one event in the same transaction, and no such event stands alone. */
function checkEvents({ dump, transitions }: Replay): Violation[] {
  const violations: Violation[] = [];
  const events = new Map<string, EventRow[]>();
  for (const event of dump.events) {
    if (event.kind !== 'Device') continue;
    const key = `${event.xid} ${event.name}`;
    events.set(key, [...(events.get(key) ?? []), event]);
  }
  const explained = new Set<string>();
  for (const transition of transitions) {
    const key = `${transition.xid} ${transition.device}`;
    explained.add(key);
    const found = (events.get(key) ?? []).map((event) => event.reason);
    const count = (reason: string) => found.filter((candidate) => candidate === reason).length;
    if (!isExplained(transition, count)) {
      const detail = `${dump.database}: ${transition.from} became ${transition.to} with the events [${found.join(', ')}]`;
      violations.push({ invariant: 'S9', device: transition.device, detail });
    }
  }
  for (const [key, found] of events) {
    const decisions = found.filter((event) => decisionReasons.some((reason) => reason === event.reason));
    const [first] = decisions;
    if (first === undefined || explained.has(key)) continue;
    const detail = `${dump.database}: event ${first.reason} (${first.id}) without a transition in its transaction`;
    violations.push({ invariant: 'S9', device: first.name, detail });
  }
  for (const event of dump.events) {
    if (event.actor === '')
      violations.push({ invariant: 'S9', detail: `${dump.database}: event ${event.id} names nobody` });
  }
  return violations;
}

function isExplained({ from, to }: Transition, count: (reason: string) => number): boolean {
  const decided = count('DeviceConflictResolved') + count('DeviceAdopted');
  if (to === 'ConflictPaused')
    // An old report may have answered the restore just before, in the same group commit.
    return (
      count('DeviceConflictPaused') === 1 &&
      count('DeviceAnswered') <= (from === 'AwaitingReconnect' ? 1 : 0) &&
      decided === 0
    );
  if (from === 'AwaitingReconnect' && to === 'Open') return count('DeviceAnswered') === 1 && decided === 0;
  if (from === 'ConflictPaused' && to === 'Open') return decided === 1 && count('DeviceConflictPaused') === 0;
  return false;
}

/** S4: a device answers a restore once. */
function checkDecisions({ dump, transitions, declared, devices }: Replay): Violation[] {
  const answers = new Map<string, number>();
  const xidRestore = new Map<string, string>();
  for (const trail of devices.values()) for (const row of trail.rows) xidRestore.set(row.xid, row.current);
  for (const { device, xid, from } of transitions) {
    if (from !== 'AwaitingReconnect') continue;
    const key = `${device} ${xidRestore.get(xid) ?? ''}`;
    answers.set(key, (answers.get(key) ?? 0) + 1);
  }
  const ids = new Set(declared.map((restore) => restore.id));
  return [...answers].flatMap(([key, count]): Violation[] => {
    const [device = '', restore = ''] = key.split(' ');
    if (count === 1 && ids.has(restore)) return [];
    return [{ invariant: 'S4', device, detail: `${dump.database}: answered restore ${restore} ${count} times` }];
  });
}

/** S4: a device is not paused at a position that the same database holds as an ancestor. */
function checkPauses(replay: Replay, ancestry: Ancestry): Violation[] {
  const { dump } = replay;
  const committed = new Map(dump.audit.map((row) => [row.xid, row.committed]));
  return dump.events.flatMap((event): Violation[] => {
    if (event.reason !== 'DeviceConflictPaused') return [];
    const claim = claimIn(event.details?.['device']);
    const until = committed.get(event.xid);
    if (claim === undefined || until === undefined || !isFull(claim)) return [];
    if (!ancestry.isHeld(event.name, claim, replay, until)) return [];
    const detail = `${dump.database}: paused at version ${claim.version} of ${claim.timeline}, which is an ancestor`;
    return [{ invariant: 'S4', device: event.name, detail }];
  });
}

function claimIn(value: unknown): Claim | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { timeline, version, specHash } = value as {
    timeline?: string | null;
    version?: number;
    specHash?: string | null;
  };
  return { timeline: timeline ?? null, version: version ?? 0, hash: specHash ?? null };
}

/** S6: declared in one transaction, once for a key; and what is counted is what there is. */
function checkRestores({ dump, declared, devices }: Replay): Violation[] {
  const violations: Violation[] = [];
  const wrong = (detail: string) => violations.push({ invariant: 'S6', detail: `${dump.database}: ${detail}` });
  const made = new Set(declared.map((restore) => restore.id));
  for (const { id } of dump.restores) if (!made.has(id)) wrong(`restore ${id} was stored and never became current`);
  if (made.size !== dump.restores.length)
    wrong(`${made.size} restores became current, ${dump.restores.length} are stored`);
  const keys = dump.restores.flatMap((restore) => (restore.key === null ? [] : [restore.key]));
  if (new Set(keys).size !== keys.length) wrong('two restores have one Idempotency-Key');
  if (declared.at(-1)?.id !== dump.current) wrong('the current restore is not the last that was declared');
  const restored = dump.events.filter((event) => event.reason === 'SystemRestored');
  const announced = new Map(restored.map((event) => [event.name, event.xid]));
  for (const { id, xid } of declared.slice(1))
    if (announced.get(id) !== xid) wrong(`restore ${id} has no event in the transaction that declared it`);

  const positions = [...devices.values()].flatMap((trail) => (trail.now?.mustered === true ? [trail.now] : []));
  const gates = positions.map((position) => gateOf(position, dump.current));
  const counted = {
    total: positions.length,
    awaiting: gates.filter((gate) => gate === 'AwaitingReconnect').length,
    paused: gates.filter((gate) => gate === 'ConflictPaused').length,
  };
  const kept = dump.restores.find((restore) => restore.id === dump.current);
  for (const name of ['total', 'awaiting', 'paused'] as const) {
    // The genesis of a database counts its devices only: nobody is awaited, and pauses are counted from it on.
    if (kept !== undefined && kept[name] !== counted[name])
      wrong(`the current restore counts ${name} ${kept[name]}, there are ${counted[name]}`);
  }
  return violations;
}

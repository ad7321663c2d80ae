import type { AuditRow, DatabaseDump, PositionJson } from './audit.ts';
import type { Invariant, Violation } from './violation.ts';

// What a database may do, told a second time and without the service's code: every change of a device's position, in
// the order of commits, must be one of the moves below. Checks what can be seen of S2, S3, S4 and S6 in one database.

type Gate = 'Open' | 'AwaitingReconnect' | 'ConflictPaused';

/** A position that was rendered, or that a person's decision made an ancestor. */
export type Ancestor = {
  readonly timeline: string | null;
  readonly version: number;
  readonly hash: string | null;
  readonly committed: number;
  readonly how: 'rendered' | 'grafted';
};

export type Transition = { readonly device: string; readonly xid: string; readonly from: Gate; readonly to: Gate };

type DeviceTrail = {
  readonly ancestors: Ancestor[];
  readonly rows: AuditRow[];
  /** It was decommissioned at some time, and is no longer judged. */
  unmustered: boolean;
  now: PositionJson | null;
};

export type Replay = {
  readonly dump: DatabaseDump;
  readonly devices: ReadonlyMap<string, DeviceTrail>;
  readonly declared: ReadonlyArray<{ readonly id: string; readonly committed: number; readonly xid: string }>;
  readonly transitions: readonly Transition[];
  readonly violations: readonly Violation[];
};

/** The id that stands for no restore, of devices that are awaited from their first moment on. */
const noRestore = '00000000-0000-0000-0000-000000000000';

export function gateOf(position: PositionJson, current: string): Gate {
  if (!position.mustered) return 'Open';
  if (position.answered_restore_id !== current) return 'AwaitingReconnect';
  return position.conflict_verdict === null ? 'Open' : 'ConflictPaused';
}

/** Replays all that happened in one database. */
export function replay(dump: DatabaseDump): Replay {
  const devices = new Map<string, DeviceTrail>();
  const declared: Array<{ id: string; committed: number; xid: string }> = [];
  const transitions: Transition[] = [];
  const violations: Violation[] = [];
  let current = '';
  for (const row of dump.audit) {
    if (row.kind === 'restore') {
      declared.push({ id: row.current, committed: row.committed, xid: row.xid });
      current = row.current;
      continue;
    }
    const trail = devices.get(row.name) ?? { ancestors: [], rows: [], unmustered: false, now: null };
    devices.set(row.name, trail);
    const wrong = (invariant: Invariant, detail: string) =>
      violations.push({ invariant, device: row.name, detail: `${dump.database} #${row.seq}: ${detail}` });
    if (row.current !== current) wrong('S2', `work of restore ${row.current} committed while ${current} was current`);
    if (declared.at(-1)?.xid === row.xid && declared.length > 1)
      wrong('S6', 'declaring a restore changed the row of a device');
    const { before, after } = row;
    if (after === null) {
      devices.delete(row.name);
      continue;
    }
    trail.rows.push(row);
    trail.now = after;
    if (!after.mustered) trail.unmustered = true;
    if (before === null) {
      if (after.answered_restore_id !== current && after.answered_restore_id !== noRestore)
        wrong('S2', 'a new device answered a restore that is not the current one');
      continue;
    }
    const gates = { from: gateOf(before, current), to: gateOf(after, current) };
    if (gates.from !== gates.to && before.mustered === after.mustered)
      transitions.push({ device: row.name, xid: row.xid, ...gates });
    checkMove(before, after, { current, gates, wrong, trail, committed: row.committed });
  }
  return { dump, devices, declared, transitions, violations };
}

type Move = {
  readonly current: string;
  readonly gates: { readonly from: Gate; readonly to: Gate };
  readonly wrong: (invariant: Invariant, detail: string) => void;
  readonly trail: DeviceTrail;
  readonly committed: number;
};

function checkMove(before: PositionJson, after: PositionJson, move: Move): void {
  const { wrong } = move;
  const serverMoved =
    before.version !== after.version ||
    before.timeline !== after.timeline ||
    before.spec_hash !== after.spec_hash ||
    JSON.stringify(before.lineage) !== JSON.stringify(after.lineage);
  if (after.version < before.version) wrong('S3', `the version went from ${before.version} to ${after.version}`);
  // A position in conflict goes before a higher one that the history of the server holds already.
  const isHeld =
    (after.conflict_verdict !== null || !after.mustered) && (before.reported_version ?? 0) <= before.version;
  if ((after.reported_version ?? 0) < (before.reported_version ?? 0) && !isHeld)
    wrong('S4', `the reported version went from ${before.reported_version} to ${after.reported_version}`);
  if (!after.mustered && after.spec_hash === null && serverMoved) noteGraft(before, after, move);
  else if (before.conflict_verdict !== null && after.conflict_verdict === null) checkGraft(before, after, move);
  else if (after.rendered_generation !== before.rendered_generation) checkRender(before, after, serverMoved, move);
  else if (serverMoved) wrong('S2', 'the server position changed without a render or a decision of a person');
  if (after.answered_restore_id !== before.answered_restore_id && after.answered_restore_id !== move.current)
    wrong('S2', `answered restore ${after.answered_restore_id} while ${move.current} was current`);
}

function checkRender(before: PositionJson, after: PositionJson, serverMoved: boolean, move: Move): void {
  const { wrong, current, gates, trail, committed } = move;
  if (gates.from !== 'Open') wrong('S2', `rendered through a gate that was ${gates.from}`);
  if (after.rendered_generation < before.rendered_generation) wrong('S2', 'an older render was committed over a newer');
  if (!serverMoved) return;
  const atLeast = Math.max(before.version, before.reported_version ?? 0) + 1;
  if (after.version < atLeast) wrong('S3', `rendered version ${after.version}, which is not above ${atLeast - 1}`);
  if (after.timeline !== current) wrong('S2', `rendered on timeline ${after.timeline} while ${current} was current`);
  const { timeline, version, spec_hash: hash } = after;
  trail.ancestors.push({ timeline, version, hash, committed, how: 'rendered' });
}

function checkGraft(before: PositionJson, after: PositionJson, move: Move): void {
  const { wrong, current, gates } = move;
  if (gates.from !== 'ConflictPaused' || gates.to !== 'Open')
    wrong('S4', `a conflict was cleared while the gate went from ${gates.from} to ${gates.to}`);
  if (after.timeline !== current || after.spec_hash !== null || after.version < (before.reported_version ?? 0))
    wrong('S5', 'a conflict was cleared without joining the position of the device to the history');
  if (after.wanted_generation <= before.wanted_generation)
    wrong('S5', 'a conflict was cleared without wanting a render');
  noteGraft(before, before, move);
}

/** A person's resume, adoption or order to decommission made an ancestor of where the device was. */
function noteGraft(before: PositionJson, where: PositionJson, { trail, committed }: Move): void {
  const { reported_timeline: timeline, reported_version: version, reported_hash: hash } = where;
  trail.ancestors.push({
    timeline: timeline ?? before.timeline,
    version: version ?? 0,
    hash,
    committed,
    how: 'grafted',
  });
}

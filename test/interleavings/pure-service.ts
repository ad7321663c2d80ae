import { isConflict, judge } from '../../src/domain/recovery/verdict.ts';
import { gateOf } from '../../src/domain/recovery/gate.ts';
import { graft, renderedPosition, type DevicePosition } from '../../src/domain/recovery/position.ts';
import { decide, type JudgedState } from '../../src/domain/recovery/report.ts';
import type { Steps } from './every-schedule.ts';

// The use cases as the steps of their transactions, on one row in memory: the decisions are those of domain/, the locks
// stand where the transactions take them, and a commit is one step.

export type Row = {
  readonly state: JudgedState;
  readonly wanted: number;
  readonly rendered: number;
  readonly desired: string;
};

/** One device, the current restore, and their locks. */
export type Memory = {
  restore: string;
  row: Row;
  /** Everything that was committed, in order. */
  readonly log: string[];
  readonly locks: { fence: Lock; row: Lock };
};

const now = new Date(0);

/** Value that an actor yields between two transactions of its own. */
const betweenTransactions = () => false;

/** The same steps, but each transaction is one. */
export function* inWholeTransactions(steps: Steps): Steps {
  yield undefined;
  for (const waiting of steps) if (waiting === betweenTransactions) yield undefined;
}

/** A lock that many may share, or one have to itself. */
export class Lock {
  private sharers = 0;
  private owned = false;
  /** A lock that keeps nobody out, to show what goes wrong without. */
  private readonly works: boolean;

  constructor(works: boolean) {
    this.works = works;
  }

  *share(): Steps {
    yield () => this.works && this.owned;
    this.sharers += 1;
  }

  *own(): Steps {
    yield () => this.works && (this.owned || this.sharers > 0);
    this.owned = true;
  }

  endSharing(): void {
    this.sharers -= 1;
  }

  disown(): void {
    this.owned = false;
  }
}

/** accept-reports: the restore is held, the row locked, the report decided, all of it committed. */
export function* reports(memory: Memory, position: DevicePosition): Steps {
  const { fence, row } = memory.locks;
  yield* fence.share();
  const { restore } = memory;
  yield* row.own();
  const before = memory.row;
  const { state, gate, gateBefore } = decide(before.state, position, restore, now);
  yield undefined;
  memory.row = { ...before, state };
  memory.log.push(`report ${position.version} under ${restore}: ${gateBefore} to ${gate}`);
  row.disown();
  fence.endSharing();
}

/** declare-restore: nobody may hold the restore meanwhile. */
export function* declares(memory: Memory, restore: string): Steps {
  const { fence } = memory.locks;
  yield* fence.own();
  yield undefined;
  memory.restore = restore;
  memory.log.push(`declared ${restore}`);
  fence.disown();
}

/** resume-devices: only a device that is paused once its row is locked. */
export function* resumes(memory: Memory): Steps {
  const { fence, row } = memory.locks;
  yield* fence.share();
  const { restore } = memory;
  yield* row.own();
  const before = memory.row;
  const { reported, server } = before.state;
  const isPaused = gateOf(before.state, restore) === 'ConflictPaused' && reported !== null;
  yield undefined;
  if (isPaused) {
    const state = { ...before.state, conflict: null, server: graft(server, reported, restore) };
    memory.row = { ...before, state, wanted: before.wanted + 1 };
  }
  memory.log.push(`resumed ${isPaused ? 1 : 0} under ${restore}`);
  row.disown();
  fence.endSharing();
}

/** render-devices: reads without a lock, and looks again at all of it once it has them. */
export function* renders(memory: Memory): Steps {
  const { fence, row } = memory.locks;
  yield undefined;
  const { restore } = memory;
  yield undefined;
  const input = memory.row;
  if (gateOf(input.state, restore) !== 'Open' || input.rendered >= input.wanted) return;
  yield betweenTransactions;
  yield* fence.share();
  if (memory.restore !== restore) {
    fence.endSharing();
    return;
  }
  yield* row.own();
  const before = memory.row;
  const mayBe = gateOf(before.state, restore) === 'Open' && before.rendered < input.wanted;
  yield undefined;
  if (mayBe) {
    const server = renderedPosition(before.state.server, before.state.reported?.version ?? 0, restore, input.desired);
    memory.row = { ...before, state: { ...before.state, server }, rendered: input.wanted };
    memory.log.push(`rendered ${input.desired} as ${server.version} under ${restore}, current ${memory.restore}`);
  }
  row.disown();
  fence.endSharing();
}

/** edit-device: whatever the gate. */
export function* edits(memory: Memory, desired: string): Steps {
  const { fence, row } = memory.locks;
  yield* fence.share();
  yield* row.own();
  const before = memory.row;
  yield undefined;
  memory.row = { ...before, desired, wanted: before.wanted + 1 };
  memory.log.push(`edited to ${desired}`);
  row.disown();
  fence.endSharing();
}

/** Fault that must not be there when all have ended, whatever happened before; undefined if there is none. */
export function problemOf({ row, restore, log }: Memory): string | undefined {
  const { state, rendered, wanted } = row;
  if (rendered > wanted) return 'more was rendered than was wanted';
  const stale = log.find((line) => /under (\S+), current (?!\1)/.test(line));
  if (stale !== undefined) return `S2: ${stale}`;
  const conflictReports = log.some((line) => line.endsWith('to ConflictPaused'));
  const resumed = log.some((line) => line.startsWith('resumed 1'));
  if (conflictReports && !resumed && state.conflict === null) return 'S4: a conflict was found and is gone';
  const isAhead = state.reported !== null && isConflict(judge(state.server, state.reported).verdict);
  if (isAhead && gateOf(state, restore) === 'Open') return 'S1: the gate is open to a device that is no ancestor';
  return undefined;
}

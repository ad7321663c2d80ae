import type { Fault } from '../fault.ts';
import { Random } from '../random.ts';
import { killApi } from './01-kill-api.ts';
import { killWorker } from './02-kill-worker.ts';
import { killRestoreTool } from './03-kill-restore-tool.ts';
import { crashPostgres } from './04-crash-postgres.ts';
import { lockConflicts } from './05-lock-conflicts.ts';
import { flushRedis } from './06-flush-redis.ts';
import { killRedis } from './07-kill-redis.ts';
import { oldRedisDump } from './08-old-redis-dump.ts';
import { redisRefuses } from './09-redis-refuses.ts';
import { oldReports } from './10-old-reports.ts';
import { resumeAgainstReport } from './11-resume-against-report.ts';
import { overlappingResumes } from './12-overlapping-resumes.ts';
import { restoresInARow } from './13-restores-in-a-row.ts';
import { abandonedBranch } from './14-abandoned-branch.ts';
import { sameVersion } from './15-same-version.ts';
import { clockSkew } from './16-clock-skew.ts';
import { slowSenders } from './17-slow-senders.ts';
import { hostileBodies } from './18-hostile-bodies.ts';
import { partialNetwork } from './19-partial-network.ts';
import { noRoom } from './20-no-room.ts';
import { stoppedWorker } from './21-stopped-worker.ts';
import { deviceRestarts } from './22-device-restarts.ts';
import { otherInstance } from './23-other-instance.ts';

/** The rows of the fault matrix. */
export const catalogue: readonly Fault[] = [
  killApi,
  killWorker,
  killRestoreTool,
  crashPostgres,
  lockConflicts,
  flushRedis,
  killRedis,
  oldRedisDump,
  redisRefuses,
  oldReports,
  resumeAgainstReport,
  overlappingResumes,
  restoresInARow,
  abandonedBranch,
  sameVersion,
  clockSkew,
  slowSenders,
  hostileBodies,
  partialNetwork,
  noRoom,
  stoppedWorker,
  deviceRestarts,
  otherInstance,
];

export const faultsOfSeed = 2;
/** Fewer seeds that do more: starting and settling costs as much as two faults. */
export const faultsOfShortSeed = 8;

/**
 * The faults of a seed, dealt from shuffled decks of all rows: a seed always draws the same, and seeds that follow one
 * another draw every row once before any comes again.
 */
export function draw(seed: number, count: number): Fault[] {
  return Array.from({ length: count }, (_, index) => {
    const card = seed * count + index;
    const deck = new Random(Math.floor(card / catalogue.length)).shuffle(catalogue);
    const fault = deck[card % catalogue.length];
    if (fault === undefined) throw new Error('the deck is empty');
    return fault;
  });
}

export function faultOfRow(row: number): Fault {
  const fault = catalogue.find((candidate) => candidate.row === row);
  if (fault === undefined) throw new Error(`the fault matrix has no row ${row}`);
  return fault;
}

/** @throws Error if no row has that number or name */
export function rowOf(nameOrNumber: string): number {
  const fault = catalogue.find(({ row, name }) => name === nameOrNumber || String(row) === nameOrNumber);
  if (fault === undefined) throw new Error(`--fault: expected one of ${catalogue.map(({ name }) => name).join(', ')}`);
  return fault.row;
}

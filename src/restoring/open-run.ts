import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { holderName, socketPath, takeLock, type ProcessLock } from '../db/server/data-directory-lock.ts';
import { CliError, rootCause, UsageError } from '../client/failures.ts';
import { backupId } from '../domain/backups/backup-manifest.ts';
import { version } from '../version.ts';
import { ActiveRun, type RunDeps } from './active-run.ts';
import type { PlanFile } from './read-plan.ts';
import { RunJournal, runsOf, readRun } from './run-journal.ts';

export type RunRequest = {
  /** `latest`, the id of a backup, or the path of a file of one. */
  readonly backup: string | undefined;
  readonly reason: string | undefined;
  /** Time of the loss. */
  readonly lostAt: string | undefined;
};

/** Locks a plan, so that no other process works on a run of it, for as long as this takes. */
export async function withPlanLock<Result>({ stem }: PlanFile, work: () => Promise<Result>): Promise<Result> {
  let lock: ProcessLock;
  try {
    lock = await takeLock(
      socketPath(`${stem}.lock`, stem),
      (holder) => `a run of this plan is under way (${holderName(holder)}): follow it with muster restore describe`,
    );
  } catch (error) {
    throw new CliError(rootCause(error), 1, { cause: error });
  }
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

/** The run of a plan that was begun and is not finished, if there is one. */
export async function unfinishedRun({ stem }: PlanFile) {
  const newest = (await runsOf(stem)).at(-1);
  if (newest === undefined) return undefined;
  const found = await readRun(stem, newest);
  return found.state.outcome === undefined ? found : undefined;
}

/**
 * Opens the run of a plan: the one that is not finished, else a new one. Under the lock of the plan.
 *
 * @throws UsageError where the request does not fit
 */
export async function openRun(file: PlanFile, request: RunRequest, deps: RunDeps): Promise<ActiveRun> {
  const { plan, stem, sha256 } = file;
  const unfinished = await unfinishedRun(file);
  if (unfinished !== undefined) {
    requireSame(unfinished.state.begun, request, file);
    if (unfinished.state.abandoning)
      throw new CliError('this run is being abandoned: go on with muster restore abandon');
    const journal = RunJournal.open(stem, unfinished.run, deps.clock);
    journal.note({ type: 'resumed', operator: deps.operator, planSha256: sha256 });
    return new ActiveRun(file, journal, deps);
  }
  const { reason, lostAt } = request;
  if (reason === undefined || reason.trim() === '')
    throw new UsageError('--reason: expected why the database is restored');
  const { database } = plan;
  const word = request.backup ?? 'latest';
  const journal = RunJournal.begin(stem, deps.clock, {
    type: 'begun',
    run: backupId(deps.clock.now(), randomBytes(4).toString('hex')),
    plan: plan.metadata.name,
    planSha256: sha256,
    database: database.name,
    admin: new URL(database.admin).host,
    operator: deps.operator,
    reason,
    // A file that is named from another directory the next time is the same one.
    backup: word.includes('/') ? resolve(word) : word,
    lostAt: lostAt ?? null,
    muster: version,
  });
  return new ActiveRun(file, journal, deps);
}

/** Opens the run of a plan that is not finished, to end it. */
export async function reopenRun(file: PlanFile, deps: RunDeps): Promise<ActiveRun | undefined> {
  const unfinished = await unfinishedRun(file);
  if (unfinished === undefined) return undefined;
  return new ActiveRun(file, RunJournal.open(file.stem, unfinished.run, deps.clock), deps);
}

function requireSame(
  begun: { database: string; admin: string; backup: string; reason: string; lostAt: string | null },
  { backup, reason, lostAt }: RunRequest,
  { plan: { database } }: PlanFile,
): void {
  if (begun.database !== database.name || begun.admin !== new URL(database.admin).host)
    throw new UsageError(
      `the plan names another database than the run that it goes on with (${begun.database} at ${begun.admin}): undo that change, or abandon the run`,
    );
  const differing = [
    backup !== undefined && (backup.includes('/') ? resolve(backup) : backup) !== begun.backup && '--backup',
    reason !== undefined && reason !== begun.reason && '--reason',
    lostAt !== undefined && lostAt !== begun.lostAt && '--lost-at',
  ].filter((flag) => flag !== false);
  if (differing.length > 0)
    throw new UsageError(
      `${differing.join(', ')}: a run of this plan is not finished, and it was begun with something else: leave it out to go on, or abandon that run`,
    );
}

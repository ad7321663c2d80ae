import { rootCause } from '../logging/root-cause.ts';
import { CliError, exitCodes } from '../client/failures.ts';
import type { ActiveRun } from './active-run.ts';
import { commandMark, endLeftovers } from './leftover-processes.ts';
import { prepare } from './steps/preflight.ts';
import { resumeSuspended } from './steps/resume.ts';

/**
 * Goes back to the old database, at any point before the swap: opens it, starts what was stopped, resumes what was suspended, and
 * drops what was restored. Made again where it was killed.
 *
 * @throws CliError if the new database has the name already; 6 where a part of it fails, to be made again
 */
export async function abandonRun(run: ActiveRun): Promise<void> {
  try {
    await endLeftovers(new Set([...run.state.running].map((number) => commandMark(run.id, number))));
    await goBack(run);
  } catch (error) {
    if (error instanceof CliError) throw error;
    const message = run.deps.signal.aborted ? 'it was interrupted' : run.mask(rootCause(error));
    throw new CliError(
      `the run is not abandoned yet: ${message}\nMake it again with muster restore abandon.`,
      exitCodes.canResume,
      {
        cause: error,
      },
    );
  } finally {
    await run.close();
  }
}

async function goBack(run: ActiveRun): Promise<void> {
  const { plan } = run;
  const { name } = plan.database;
  if (!hasChanged(run)) return run.note({ type: 'finished', outcome: 'abandoned' });
  const missing = await prepare(run);
  if (missing.length > 0) throw new Error(['something is missing:', ...missing].join('\n  '));
  const { restored } = run.state;
  const live = await run.server.find(name);
  if (run.state.swapped !== undefined || (restored !== undefined && live?.oid === restored.oid))
    throw new CliError(
      `the restored database has its name already, and may have been served since: a run is not abandoned after the swap. Go on with muster restore run${run.state.swapped?.replaced ? `; the old database is there as ${run.state.swapped.replaced}` : ''}`,
    );
  if (run.state.ran && live === undefined)
    throw new CliError(
      'the external restore has replaced the old database: there is nothing to go back to. Go on with muster restore run',
    );
  run.note({ type: 'abandoning', operator: run.deps.operator });
  for (const database of run.state.databases) await run.server.drop(database);
  run.moment('middle');
  if (live?.allowsConnections === false) await run.server.allowConnections(name, true);
  await startAgain(run);
  await resumeSuspended(run);
  run.note({ type: 'finished', outcome: 'abandoned' });
}

/** Tells if the run has come so far that it changed anything. */
function hasChanged({ state: { attempts } }: ActiveRun): boolean {
  return (['suspend', 'stop', 'fence', 'restore'] as const).some((step) => attempts.has(step));
}

/** Starts what the run stopped; what it had not saved yet it had not stopped. */
async function startAgain(run: ActiveRun): Promise<void> {
  run.step = 'start';
  for (const { name, undo, healthy, healthyWithin } of run.plan.stop.toReversed()) {
    if (!run.state.saved.has(name)) continue;
    await run.command(undo, { item: name });
    run.note({ type: 'started', item: name });
    if (healthy !== undefined)
      await run.until(healthy, { item: name, withinMs: healthyWithin ?? 5 * 60_000, what: `the health of ${name}` });
  }
  run.step = 'resume';
}

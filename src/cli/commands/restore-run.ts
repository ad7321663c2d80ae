import { Command, InvalidArgumentError } from 'commander';
import { timestampSchema } from '../../domain/resources/timestamp.ts';
import type { PlanFile } from '../../restoring/read-plan.ts';
import { interruptible } from '../../terminal/interruption.ts';
import { showProgress } from '../../terminal/progress.ts';
import { note, print } from '../../terminal/terminal.ts';
import { addExamples } from '../examples.ts';
import { requireConsent, runDeps } from '../restores/run-options.ts';

type Options = {
  readonly backup?: string;
  readonly reason?: string;
  readonly lostAt?: string;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly wait: boolean;
};

/** `muster restore run` */
export function restoreRunCommand(): Command {
  const command = new Command('run')
    .description('carry out a plan from backup to record; if it stopped, run it again to go on')
    .argument('<plan>', 'file of the plan')
    .option('--backup <backup>', 'latest, the id of a backup, or the path of a file of one (default latest)')
    .option('--reason <text>', 'why the database is restored; required for a new run')
    .option(
      '--lost-at <time>',
      'when the database was lost, as in 2026-11-20T02:00:00Z: for recovery point and time',
      time,
    )
    .option('--dry-run', 'print the commands that the run would make, and change nothing')
    .option('--yes', 'do not ask')
    .option('--no-wait', 'write the record without waiting for the objective of the muster')
    .action(run);
  command.addHelpText(
    'after',
    `
The new database is restored beside the old one, compared with the backup, declared, and only then gets its name, in one transaction:
no service, however it was started, serves a backup that is not declared. The journal of the run is beside the plan, so that a run
that was killed goes on from there. If a step fails, nothing is started and nothing undone: exit code 6. Then run it again, or go
back with muster restore abandon.`,
  );
  return addExamples(command, [
    { line: 'muster restore run plan.yaml --reason "INC-4211: lost primary" --lost-at 2026-11-20T02:00:00Z --dry-run' },
    { line: 'muster restore run plan.yaml --reason "INC-4211: lost primary" --lost-at 2026-11-20T02:00:00Z' },
    { line: 'muster restore run plan.yaml', about: 'goes on with the run that stopped' },
  ]);
}

function time(text: string): string {
  if (timestampSchema.safeParse(text).success) return text;
  throw new InvalidArgumentError('Expected a time such as 2026-11-20T02:00:00Z.');
}

async function run(path: string, { backup, reason, lostAt, dryRun, yes, wait }: Options): Promise<void> {
  // Loaded here, so that commands that only talk to a server start without it.
  const { readPlan } = await import('../../restoring/read-plan.ts');
  const file = await readPlan(path);
  const interruption = interruptible(
    'Interrupted: running commands are ended, and nothing is undone. A second interrupt ends at once.',
  );
  const progress = showProgress(process.stderr, 'Muster');
  const deps = runDeps(interruption.signal, { wait, progress });
  try {
    if (dryRun === true) {
      const { dryRunText } = await import('../../restoring/dry-run.ts');
      print(await dryRunText(file, backup, deps));
      return;
    }
    const { openRun, unfinishedRun, withPlanLock } = await import('../../restoring/open-run.ts');
    const { carryOut } = await import('../../restoring/engine.ts');
    await withPlanLock(file, async () => {
      const unfinished = await unfinishedRun(file);
      const question =
        unfinished === undefined
          ? questionOf(file)
          : `Go on with run ${unfinished.run} (${unfinished.state.begun.reason})?`;
      if (!(await requireConsent(question, yes === true))) return note('nothing was changed');
      const active = await openRun(file, { backup, reason, lostAt }, deps);
      note(`run ${active.id}`);
      await carryOut(active);
      print(active.id);
    });
  } finally {
    progress.stop();
    interruption.end();
  }
}

function questionOf({ plan: { database, stop } }: PlanFile): string {
  return `Stop ${stop.map(({ name }) => name).join(', ')} and replace the database ${database.name} at ${new URL(database.admin).host} by a backup?`;
}

import { Command } from 'commander';
import { CliError } from '../../client/failures.ts';
import { interruptible } from '../../terminal/interruption.ts';
import { showProgress } from '../../terminal/progress.ts';
import { note, print } from '../../terminal/terminal.ts';
import { addExamples } from '../examples.ts';
import { requireConsent, runDeps } from '../restores/run-options.ts';

/** `muster restore abandon` */
export function restoreAbandonCommand(): Command {
  const command = new Command('abandon')
    .description('go back to the old database, at any point of a run before the swap')
    .argument('<plan>', 'file of the plan')
    .option('--yes', 'do not ask')
    .action(abandon);
  command.addHelpText(
    'after',
    '\nLets services connect to the old database again, starts what the run stopped as it ran before, resumes what the run suspended, and\ndrops what was restored. Exit code 6 if a part of it fails: run it again.',
  );
  return addExamples(command, [{ line: 'muster restore abandon plan.yaml' }]);
}

async function abandon(path: string, { yes }: { yes?: true }): Promise<void> {
  const { readPlan } = await import('../../restoring/read-plan.ts');
  const { abandonRun } = await import('../../restoring/abandon-run.ts');
  const { reopenRun, withPlanLock } = await import('../../restoring/open-run.ts');
  const file = await readPlan(path);
  const interruption = interruptible('Interrupted: run it again to go on. A second interrupt ends at once.');
  const progress = showProgress(process.stderr, 'Muster');
  try {
    await withPlanLock(file, async () => {
      const run = await reopenRun(file, runDeps(interruption.signal, { wait: false, progress }));
      if (run === undefined) throw new CliError('no run of this plan is unfinished: there is nothing to abandon');
      if (!(await requireConsent(`Abandon run ${run.id} and go back to the old database?`, yes === true)))
        return note('nothing was changed');
      await abandonRun(run);
      print(run.id);
    });
  } finally {
    progress.stop();
    interruption.end();
  }
}

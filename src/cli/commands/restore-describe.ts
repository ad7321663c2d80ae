import { Command } from 'commander';
import type { PlanFile } from '../../restoring/read-plan.ts';
import { outcomeText, type RunRecord } from '../../domain/recovery-runs/run-record.ts';
import { stepNumber } from '../../domain/recovery-runs/run-steps.ts';
import { formatDocument } from '../../manifests/documents.ts';
import { printable } from '../../terminal/printable.ts';
import { Table } from '../../terminal/table.ts';
import { print } from '../../terminal/terminal.ts';
import { addExamples } from '../examples.ts';
import { outputOption } from '../option-values.ts';

type Options = { readonly run?: string; readonly output?: 'json' | 'yaml' };

/** `muster restore describe` */
export function restoreDescribeCommand(): Command {
  const command = new Command('describe')
    .description('show how far the run of a plan is, from the files beside the plan')
    .argument('<plan>', 'file of the plan')
    .option('--run <id>', 'a run; the newest if not given')
    .addOption(outputOption(['json', 'yaml'], 'print it as a document'))
    .action(describe);
  return addExamples(command, [{ line: 'muster restore describe plan.yaml' }]);
}

async function describe(path: string, { run, output }: Options): Promise<void> {
  const record = await recordOf(path, run);
  print(output === undefined ? descriptionOf(record) : formatDocument(record, output).trimEnd());
}

/** Reads the record of a run of a plan, as far as it is. */
export async function recordOf(path: string, run: string | undefined): Promise<RunRecord> {
  const { readPlan } = await import('../../restoring/read-plan.ts');
  const { readRun } = await import('../../restoring/run-journal.ts');
  const { runRecord } = await import('../../domain/recovery-runs/run-record.ts');
  const { plan, stem }: PlanFile = await readPlan(path);
  return runRecord((await readRun(stem, run)).entries, plan);
}

function descriptionOf(record: RunRecord): string {
  const { backup, database } = record;
  const lines: [string, string][] = [
    ['Run', record.run],
    ['Plan', record.plan],
    ['Outcome', record.outcome],
    ['Operator', record.operators.join(', ')],
    ['Reason', record.reason],
    ['Backup', backup === null ? 'not chosen yet' : `${backup.id ?? 'external'}, taken ${backup.takenAt}`],
    ['Database', `${database.name} at ${database.server}`],
    ['Replaced', database.replaced ?? 'nothing yet'],
    ['Restore', record.restore ?? 'not declared yet'],
    ['Recovery point', outcomeText(record.recoveryPoint)],
    ['Recovery time', outcomeText(record.recoveryTime)],
  ];
  const width = Math.max(...lines.map(([title]) => title.length));
  const steps = new Table(['#', 'STEP', 'STATE', 'ATTEMPTS', 'SINCE', 'LAST FAILURE']).lines(
    record.steps.map((step) => [
      String(stepNumber(step.name)),
      step.name,
      step.state,
      String(step.attempts),
      step.begunAt ?? '<none>',
      step.state === 'stopped' ? (step.failures.at(-1)?.message.split('\n')[0] ?? '<none>') : '<none>',
    ]),
  );
  return [...lines.map(([title, text]) => `${title.padEnd(width)}  ${printable(text)}`), '', steps.trimEnd()].join(
    '\n',
  );
}

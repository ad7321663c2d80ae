import { existsSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Argument, Command } from 'commander';
import { stepNames, type StepName } from '../../domain/recovery-runs/run-steps.ts';
import { interruptible } from '../../terminal/interruption.ts';
import { printable } from '../../terminal/printable.ts';
import { note } from '../../terminal/terminal.ts';
import { addExamples } from '../examples.ts';

type Options = { readonly run?: string; readonly follow?: true };

const pollMs = 300;

/** `muster restore logs` */
export function restoreLogsCommand(): Command {
  const command = new Command('logs')
    .description('print what the commands of a run said, from the files beside the plan; secrets are masked')
    .argument('<plan>', 'file of the plan')
    .addArgument(new Argument('[step]', 'a step; all of them if not given').choices(stepNames))
    .option('--run <id>', 'a run; the newest if not given')
    .option('-f, --follow', 'go on until the run ends')
    .action(logs);
  return addExamples(command, [
    { line: 'muster restore logs plan.yaml restore' },
    { line: 'muster restore logs plan.yaml -f' },
  ]);
}

async function logs(path: string, step: StepName | undefined, { run: wanted, follow }: Options): Promise<void> {
  const { readPlan } = await import('../../restoring/read-plan.ts');
  const { readRun, runFiles } = await import('../../restoring/run-journal.ts');
  const { stem } = await readPlan(path);
  const { run } = await readRun(stem, wanted);
  const directory = runFiles(stem, run).logs;
  const interruption = interruptible('');
  const shown = new Map<string, number>();
  try {
    for (;;) {
      const { state } = await readRun(stem, run);
      for (const name of await logFiles(directory, step)) await showMore(join(directory, name), name, shown);
      if (follow !== true || state.outcome !== undefined || interruption.signal.aborted) break;
      await sleep(pollMs);
    }
  } finally {
    interruption.end();
  }
  if (shown.size === 0) note(`no step of run ${run} has said anything`);
}

async function logFiles(directory: string, step: StepName | undefined): Promise<string[]> {
  // Before the first step there is no directory yet.
  const names = existsSync(directory) ? await readdir(directory) : [];
  return names.filter((name) => name.endsWith(step === undefined ? '.log' : `-${step}.log`)).toSorted();
}

/** Shows what has come to a log since it was last shown. @param shown bytes of each that were shown */
async function showMore(path: string, name: string, shown: Map<string, number>): Promise<void> {
  const file = await open(path, 'r');
  try {
    const from = shown.get(name) ?? 0;
    const { size } = await file.stat();
    if (size <= from) return;
    if (from === 0) process.stdout.write(`==> ${name}\n`);
    const { buffer } = await file.read({ buffer: Buffer.alloc(size - from), position: from });
    process.stdout.write(buffer.toString().split('\n').map(printable).join('\n'));
    shown.set(name, size);
  } finally {
    await file.close();
  }
}

import { Command } from 'commander';
import { runRecordMarkdown } from '../../domain/recovery-runs/run-record-markdown.ts';
import { formatDocument } from '../../manifests/documents.ts';
import { print } from '../../terminal/terminal.ts';
import { addExamples } from '../examples.ts';
import { outputOption } from '../option-values.ts';
import { recordOf } from './restore-describe.ts';

type Options = { readonly run?: string; readonly output: 'markdown' | 'json' };

/** `muster restore record` */
export function restoreRecordCommand(): Command {
  const command = new Command('record')
    .description('print the record of a run, from the files beside the plan: times against objectives, steps, commands')
    .argument('<plan>', 'file of the plan')
    .option('--run <id>', 'a run; the newest if not given')
    .addOption(outputOption(['markdown', 'json'], 'how to print it').default('markdown'))
    .action(record);
  return addExamples(command, [
    { line: 'muster restore record plan.yaml > recovery.md' },
    { line: `muster restore record plan.yaml -o json | jq '.recoveryTime'` },
  ]);
}

async function record(path: string, { run, output }: Options): Promise<void> {
  const found = await recordOf(path, run);
  print((output === 'json' ? formatDocument(found, 'json') : runRecordMarkdown(found)).trimEnd());
}

import { Command } from 'commander';
import type { Restore } from '../../domain/resources/restore.ts';
import { answerOf, type ApiClient } from '../../client/api-client.ts';
import { suggestWords } from '../completion/command-tree.ts';
import { apiOf } from '../connection.ts';
import { addExamples } from '../examples.ts';
import { UsageError } from '../../client/failures.ts';
import { outputOption, timeoutOption } from '../option-values.ts';
import { formatDocument } from '../../manifests/documents.ts';
import { showProgress } from '../../terminal/progress.ts';
import { awaitSettled } from '../restores/await-settled.ts';
import { expectedAnswers, restoreRemark, restoreText } from '../restores/restore-text.ts';
import { print } from '../../terminal/terminal.ts';

type Options = { readonly watch?: true; readonly timeout?: number; readonly output?: 'json' | 'yaml' };

/** `muster restore status` */
export function restoreStatusCommand(): Command {
  const command = new Command('status')
    .description('show how far a restore is: how many devices have answered, wait or are paused')
    .argument('[name]', 'a restore; the current one if not given', 'current')
    .option('-w, --watch', 'follow it until it has settled')
    .addOption(timeoutOption('--watch'))
    .addOption(outputOption(['json', 'yaml'], 'print the restore as a document; with --watch one at each change'))
    .action(status);
  return addExamples(suggestWords(command, ['current']), [
    { line: 'muster restore status' },
    { line: 'muster restore status --watch', about: 'a progress bar on a terminal, else a line at each change' },
    { line: 'muster restore status current -o json' },
  ]);
}

async function status(name: string, options: Options, command: Command): Promise<void> {
  const api = apiOf(command);
  if (options.watch === true) return await watch(api, name, options);
  if (options.timeout !== undefined) throw new UsageError('--timeout only means something with --watch');
  const restore = await answerOf(api.GET('/api/v1/restores/{name}', { params: { path: { name } } }));
  print(textOf(restore, options.output));
}

async function watch(api: ApiClient, name: string, { output, timeout: timeoutMs }: Options): Promise<void> {
  if (output !== undefined) {
    const separator = output === 'yaml' ? '---\n' : '';
    const onChange = (restore: Restore) => print(`${separator}${textOf(restore, output)}`);
    await awaitSettled(api, name, { timeoutMs, onChange });
    return;
  }
  const progress = showProgress(process.stdout, 'Muster');
  const onChange = (restore: Restore) =>
    progress.update(restore.status.devices.answered, expectedAnswers(restore), restoreRemark(restore));
  const settled = await awaitSettled(api, name, { timeoutMs, onChange }).finally(() => progress.stop());
  print(`\n${restoreText(settled, new Date())}`);
}

function textOf(restore: Restore, output: Options['output']): string {
  return output === undefined ? restoreText(restore, new Date()) : formatDocument(restore, output).trimEnd();
}

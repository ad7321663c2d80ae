import { Command } from 'commander';
import { answerOf } from '../../client/api-client.ts';
import { suggestWords } from '../completion/command-tree.ts';
import { apiOf } from '../connection.ts';
import { addExamples } from '../examples.ts';
import { outputOption } from '../option-values.ts';
import { formatDocument } from '../../manifests/documents.ts';
import { print } from '../../terminal/terminal.ts';

type Options = { readonly output: 'markdown' | 'json' | 'yaml' };

/** `muster restore report` */
export function restoreReportCommand(): Command {
  const command = new Command('report')
    .description('print the record of a recovery: backup, times, conflicts and decisions, who has not come back')
    .argument('[name]', 'a restore; the current one if not given', 'current')
    .addOption(outputOption(['markdown', 'json', 'yaml'], 'how to print it').default('markdown'))
    .action(report);
  return addExamples(suggestWords(command, ['current']), [
    { line: 'muster restore report > recovery.md' },
    { line: `muster restore report -o json | jq '.recoveryTime'` },
  ]);
}

async function report(name: string, { output }: Options, command: Command): Promise<void> {
  const api = apiOf(command);
  const params = { path: { name } };
  if (output !== 'markdown') {
    print(formatDocument(await answerOf(api.GET('/api/v1/restores/{name}/report', { params })), output).trimEnd());
    return;
  }
  const headers = { accept: 'text/markdown' };
  const text = await answerOf(api.GET('/api/v1/restores/{name}/report', { params, headers, parseAs: 'text' }));
  print(text.trimEnd());
}

import { Command } from 'commander';
import { version as clientVersion } from '../../version.ts';
import { answerOf } from '../../client/api-client.ts';
import { apiOf } from '../connection.ts';
import { addExamples } from '../examples.ts';
import { print } from '../../terminal/terminal.ts';

/** `muster version` */
export function versionCommand(): Command {
  const command = new Command('version')
    .description('print the versions of this program and of the server')
    .option('--client', 'only that of this program; asks no server')
    .action(showVersions);
  return addExamples(command, [{ line: 'muster version' }, { line: 'muster version --client' }]);
}

async function showVersions({ client }: { readonly client?: true }, command: Command): Promise<void> {
  print(`Client version: ${clientVersion}`);
  if (client === true) return;
  const { version } = await answerOf(apiOf(command).GET('/api/v1/version'));
  print(`Server version: ${version}`);
}

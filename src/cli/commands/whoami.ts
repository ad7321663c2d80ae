import { Command } from 'commander';
import { answerOf } from '../../client/api-client.ts';
import { apiOf } from '../connection.ts';
import { addExamples } from '../examples.ts';
import { outputOption } from '../option-values.ts';
import { formatDocument } from '../../manifests/documents.ts';
import { print } from '../../terminal/terminal.ts';

type Options = { readonly output?: 'json' | 'yaml' };

/** `muster whoami` */
export function whoamiCommand(): Command {
  const command = new Command('whoami')
    .description('show who the server takes you for, and what you may do')
    .addOption(outputOption(['json', 'yaml'], 'how to print it'))
    .action(showIdentity);
  return addExamples(command, [{ line: 'muster whoami' }, { line: 'muster whoami -o json' }]);
}

async function showIdentity({ output }: Options, command: Command): Promise<void> {
  const identity = await answerOf(apiOf(command).GET('/api/v1/auth/whoami'));
  if (output !== undefined) {
    print(formatDocument(identity, output).trimEnd());
    return;
  }
  print(`Name:         ${identity.name}`);
  print(`Roles:        ${identity.roles.join(', ') || 'none'}`);
  print(`Permissions:  ${identity.permissions.join(', ') || 'none'}`);
}

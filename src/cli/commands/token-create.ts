import { Command, InvalidArgumentError, Option } from 'commander';
import { createStaticToken, hashOfToken, tokenNameSchema } from '../../auth/static-tokens.ts';
import { roleNames, type Role } from '../../domain/access/roles.ts';
import { addExamples } from '../examples.ts';
import { lifetimeSeconds } from '../option-values.ts';
import { print, note } from '../../terminal/terminal.ts';

type Options = { readonly role: Role; readonly expires?: number };

/** `muster token create` */
export function tokenCreateCommand(): Command {
  const command = new Command('create')
    .description('make a static token for a machine, without a server')
    .argument('<name>', 'what events call the machine: token:NAME', tokenName)
    .addOption(new Option('--role <role>', 'what it may do').choices(roleNames).makeOptionMandatory())
    .option('--expires <lifetime>', 'after how long it is refused, such as 90d; never if not given', lifetimeSeconds)
    .action(create);
  command.addHelpText(
    'after',
    '\nThe token goes to standard output, once: it is kept nowhere. The line for the file that MUSTER_TOKENS_FILE names, which\nholds no more than its SHA-256, goes to standard error. A line that is taken out again revokes its token.',
  );
  return addExamples(command, [
    { line: 'muster token create restore-tool --role restorer --expires 365d' },
    { line: 'muster token create prometheus --role viewer > prometheus.token 2>> tokens.yaml' },
  ]);
}

function tokenName(text: string): string {
  const parsed = tokenNameSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(parsed.error.issues.map(({ message }) => message).join('; '));
}

async function create(name: string, { role, expires }: Options): Promise<void> {
  const token = createStaticToken();
  const entry = {
    name,
    role,
    sha256: hashOfToken(token).toString('hex'),
    ...(expires !== undefined && { expires: new Date(Date.now() + expires * 1_000).toISOString() }),
  };
  print(token);
  // A list in YAML whose items are JSON.
  note(`- ${JSON.stringify(entry)}`);
}

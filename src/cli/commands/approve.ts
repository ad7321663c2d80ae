import { Command, InvalidArgumentError } from 'commander';
import { labelsSchema } from '../../domain/resources/object-meta.ts';
import { describeProblems } from '../../domain/resources/zod-problem.ts';
import { answerRequests } from '../actions/answer-requests.ts';
import { suggestWords } from '../completion/command-tree.ts';
import { apiOf } from '../connection.ts';
import { addExamples } from '../examples.ts';

type Labels = Record<string, string>;
type Options = { readonly label?: Labels; readonly replaceLabels?: boolean };

/** `muster approve` */
export function approveCommand(): Command {
  const command = new Command('approve')
    .description('approve devices that want to join, or requests for certificates')
    .argument('<request...>', 'enrollmentrequest NAME..., csr NAME..., or KIND/NAME...')
    .option(
      '-l, --label <key=value,...>',
      'labels of the device, before those that it suggests; may be repeated',
      labels,
    )
    .option('--replace-labels', 'the device gets these labels alone, and none that it suggests')
    .action(approve);
  command.addHelpText(
    'after',
    '\nA device that was let in gets its certificate at once where the service has a device CA (MUSTER_DEVICE_CA_CERT). Without\none the command says so.',
  );
  return addExamples(suggestWords(command, ['enrollmentrequest', 'certificatesigningrequest']), [
    { line: 'muster get enrollmentrequests' },
    { line: 'muster approve enrollmentrequest 54shovu028bvj6stkovjcvovjgo0r48618khdd5huhdjfn6raskg -l site=north' },
    { line: 'muster approve csr/client-enrollment-1a2b3c4d' },
  ]);
}

async function approve(words: readonly string[], { label, replaceLabels }: Options, command: Command): Promise<void> {
  await answerRequests(apiOf(command), words, {
    approved: true,
    ...(label !== undefined && { labels: label }),
    ...(replaceLabels !== undefined && { replaceLabels }),
  });
}

function labels(text: string, before: Labels = {}): Labels {
  const pairs = text.split(',').map((pair) => {
    const at = pair.indexOf('=');
    if (at < 1)
      throw new InvalidArgumentError(`Expected key=value with commas between them, found ${JSON.stringify(pair)}.`);
    return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()] as const;
  });
  const parsed = labelsSchema.safeParse({ ...before, ...Object.fromEntries(pairs) });
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(describeProblems(parsed.error, 'the labels'));
}

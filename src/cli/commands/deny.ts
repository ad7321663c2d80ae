import { Command } from 'commander';
import { answerRequests } from '../actions/answer-requests.ts';
import { suggestWords } from '../completion/command-tree.ts';
import { apiOf } from '../connection.ts';
import { addExamples } from '../examples.ts';

/** `muster deny` */
export function denyCommand(): Command {
  const command = new Command('deny')
    .description('deny devices that want to join, or requests for certificates')
    .argument('<request...>', 'enrollmentrequest NAME..., csr NAME..., or KIND/NAME...')
    .action((words: readonly string[], _options: unknown, self: Command) =>
      answerRequests(apiOf(self), words, { approved: false }),
    );
  return addExamples(suggestWords(command, ['enrollmentrequest', 'certificatesigningrequest']), [
    { line: 'muster deny enrollmentrequest 54shovu028bvj6stkovjcvovjgo0r48618khdd5huhdjfn6raskg' },
  ]);
}

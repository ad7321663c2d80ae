import { Command } from 'commander';
import { suggestWords } from '../completion/command-tree.ts';
import { apiOf } from '../connection.ts';
import { addExamples } from '../examples.ts';
import { ApiError, exitCodes, requireAllDone, UsageError } from '../../client/failures.ts';
import { desiredKinds } from '../resources/desired-kinds.ts';
import { parseTarget } from '../targets.ts';
import { print, note } from '../../terminal/terminal.ts';

/** `muster delete` */
export function deleteCommand(): Command {
  const command = new Command('delete')
    .description('delete devices, fleets, enrollment requests or certificate signing requests by name')
    .argument('<resource...>', 'device NAME..., fleet NAME..., er NAME..., csr NAME..., or KIND/NAME...')
    .action(deleteNamed);
  return addExamples(suggestWords(command, ['device', 'fleet', 'enrollmentrequest', 'certificatesigningrequest']), [
    {
      line: 'muster delete device gateway-0017',
      about: 'after a restore also writes it off: it is no longer awaited',
    },
    { line: 'muster delete fleet/edge fleet/core' },
  ]);
}

async function deleteNamed(words: readonly string[], _options: unknown, command: Command): Promise<void> {
  const { kind, names } = parseTarget(
    words,
    desiredKinds.map((desired) => desired.kind),
  );
  if (names.length === 0) throw new UsageError(`expected the names of the ${kind.plural} to delete`);
  const desired = desiredKinds.find((candidate) => candidate.kind === kind);
  const api = apiOf(command);
  let failed = 0;
  for (const name of names) {
    try {
      const answer = await desired?.remove(api, name);
      print(`${kind.singular}/${name} ${answer?.reason === 'Deleting' ? 'is being deleted' : 'deleted'}`);
    } catch (error) {
      if (!(error instanceof ApiError) || error.exitCode === exitCodes.notAllowed) throw error;
      failed += 1;
      note(`error: ${kind.singular}/${name}: ${error.message}`);
    }
  }
  requireAllDone(kind.singular, { failed, total: names.length });
}

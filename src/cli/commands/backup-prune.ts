import { Command, Option } from 'commander';
import { counted } from '../../terminal/counted.ts';
import { note, print } from '../../terminal/terminal.ts';
import { openBackups, toolWords, withCatalogue } from '../backups/backup-options.ts';
import { addExamples } from '../examples.ts';
import { lifetimeSeconds, wholeNumber } from '../option-values.ts';

type Options = {
  readonly at?: string;
  readonly keepWithin: number;
  readonly keepDaily: number;
  readonly keepAtLeast: number;
  readonly dryRun?: true;
  readonly tools?: readonly string[];
};

/** `muster backup prune` */
export function backupPruneCommand(): Command {
  const command = new Command('prune')
    .description('remove backups that nobody needs any longer')
    .option('--at <directory>', 'directory of the backups (MUSTER_BACKUPS)')
    .addOption(
      new Option('--keep-within <age>', 'keep all backups that are younger')
        .argParser(lifetimeSeconds)
        .default(30 * 86_400, '30d'),
    )
    .option(
      '--keep-daily <days>',
      'days of which the newest verified backup is kept, newest days first',
      wholeNumber,
      7,
    )
    .option('--keep-at-least <count>', 'keep at least this many verified backups', wholeNumber, 3)
    .option('--dry-run', 'say what would be removed, and remove nothing')
    .option('--tools <words>', 'words before pg_restore, such as "podman exec -i muster-db"', toolWords)
    .action(prune);
  command.addHelpText(
    'after',
    '\nA backup that is held, that is not good or not verified, and the newest verified one always stay. Before anything is\nremoved, backups that nobody has verified are verified, and so are those that have to be left, because a backup may have been\ndamaged since.',
  );
  return addExamples(command, [
    { line: 'muster backup prune --at /backups/muster --keep-within 30d --keep-daily 7 --keep-at-least 3 --dry-run' },
    { line: 'muster backup prune --at /backups/muster --keep-within 7d' },
  ]);
}

async function prune({ at, keepWithin, keepDaily, keepAtLeast, dryRun, tools }: Options): Promise<void> {
  const deps = await openBackups('--at', at, tools);
  const { pruneBackups } = await import('../../backups/prune-backups.ts');
  const isDry = dryRun === true;
  const rules = { keepWithinMs: keepWithin * 1_000, keepDaily, keepAtLeast };
  const choices = await withCatalogue(deps.catalogue, () => pruneBackups(deps, { ...rules, dryRun: isDry }));
  for (const { id, kept } of choices)
    print(kept === undefined ? `${id} ${isDry ? 'would be removed' : 'removed'}` : `${id} stays: ${kept}`);
  const removed = choices.filter(({ kept }) => kept === undefined).length;
  note(`${counted(removed, 'backup')} ${isDry ? 'would be removed' : 'removed'}, ${choices.length - removed} stay`);
}

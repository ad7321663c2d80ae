import { Command } from 'commander';
import type { Backup } from '../../backups/catalogue.ts';
import { requireAllDone, UsageError } from '../../client/failures.ts';
import { print } from '../../terminal/terminal.ts';
import { backupNamed, openBackups, toolWords, withCatalogue } from '../backups/backup-options.ts';
import { suggestWords } from '../completion/command-tree.ts';
import { addExamples } from '../examples.ts';

type Options = { readonly at?: string; readonly all?: true; readonly tools?: readonly string[] };

/** `muster backup verify` */
export function backupVerifyCommand(): Command {
  const command = new Command('verify')
    .description('read a backup to its last byte: lengths, checksums, and everything decoded')
    .argument('[id]', 'a backup, or latest', 'latest')
    .option('--all', 'verify all backups')
    .option('--at <directory>', 'directory of the backups (MUSTER_BACKUPS)')
    .option('--tools <words>', 'words before pg_restore, such as "podman exec -i muster-db"', toolWords)
    .action(verify);
  command.addHelpText(
    'after',
    '\nThe result is kept beside the backup. Exits 1 if the backup has a fault, with --all 3 if some have.',
  );
  return addExamples(suggestWords(command, ['latest']), [
    { line: 'muster backup verify --at /backups/muster' },
    { line: 'muster backup verify --all --at /backups/muster', about: 'from a timer, once a week' },
  ]);
}

async function verify(word: string, { at, all, tools }: Options, command: Command): Promise<void> {
  if (all === true && command.args.length > 0) throw new UsageError('--all excludes an id');
  const deps = await openBackups('--at', at, tools);
  const { verifyBackup } = await import('../../backups/verify-backup.ts');
  await withCatalogue(deps.catalogue, async () => {
    const { backups, unreadable } = await deps.catalogue.read();
    const chosen: readonly Backup[] = all === true ? backups : [backupNamed(backups, word, deps.catalogue.directory)];
    let failed = all === true ? unreadable.length : 0;
    for (const fault of all === true ? unreadable : []) print(fault);
    for (const { manifest } of chosen) {
      const { faults } = await verifyBackup(deps, manifest);
      print(`${manifest.id} ${faults.length === 0 ? 'is good' : `is not good: ${faults.join('; ')}`}`);
      if (faults.length > 0) failed += 1;
    }
    requireAllDone('backup', { failed, total: chosen.length + (all === true ? unreadable.length : 0) });
  });
}

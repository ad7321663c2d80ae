import { Command } from 'commander';
import { addExamples } from '../examples.ts';
import { backupCheckCommand } from './backup-check.ts';
import { backupCreateCommand } from './backup-create.ts';
import { backupListCommand } from './backup-list.ts';
import { backupPruneCommand } from './backup-prune.ts';
import { backupVerifyCommand } from './backup-verify.ts';

/** `muster backup`: backups that are known to be good. */
export function backupCommand(): Command {
  const command = new Command('backup')
    .description('back the database up, and know that the backups are good')
    .addCommand(backupCreateCommand())
    .addCommand(backupListCommand())
    .addCommand(backupVerifyCommand())
    .addCommand(backupCheckCommand())
    .addCommand(backupPruneCommand());
  return addExamples(command, [
    { line: 'muster backup create --to /backups/muster' },
    { line: 'muster backup check --at /backups/muster' },
    {
      line: 'MUSTER_BACKUPS=/backups/muster muster backup list',
      about: 'every command reads the directory from there too',
    },
  ]);
}

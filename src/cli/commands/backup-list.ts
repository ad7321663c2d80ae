import { Command } from 'commander';
import type { Backup } from '../../backups/catalogue.ts';
import { formatDocument } from '../../manifests/documents.ts';
import { age } from '../../terminal/age.ts';
import { Table } from '../../terminal/table.ts';
import { note } from '../../terminal/terminal.ts';
import { openBackups, withCatalogue } from '../backups/backup-options.ts';
import { addExamples } from '../examples.ts';
import { outputOption } from '../option-values.ts';

type Options = { readonly at?: string; readonly output?: 'json' | 'yaml' | 'name' };

/** `muster backup list` */
export function backupListCommand(): Command {
  const command = new Command('list')
    .description('show the backups of a directory, oldest first')
    .option('--at <directory>', 'directory of the backups (MUSTER_BACKUPS)')
    .addOption(outputOption(['json', 'yaml', 'name'], 'how to print; a table if not given'))
    .action(list);
  return addExamples(command, [
    { line: 'muster backup list --at /backups/muster' },
    { line: 'muster backup list --at /backups/muster -o json' },
  ]);
}

async function list({ at, output }: Options): Promise<void> {
  const { catalogue } = await openBackups('--at', at);
  const { backups, unreadable } = await withCatalogue(catalogue, () => catalogue.read());
  for (const fault of unreadable) note(`warning: ${fault}`);
  if (output === undefined && backups.length === 0) note(`no backups in ${catalogue.directory}`);
  else process.stdout.write(textOf(backups, output));
}

function textOf(backups: readonly Backup[], output: Options['output']): string {
  switch (output) {
    case undefined:
      return new Table(['ID', 'AGE', 'DEVICES', 'RESTORE', 'ENGINE', 'BYTES', 'VERIFIED', 'LABELS']).lines(
        backups.map(row),
      );
    case 'json':
    case 'yaml':
      return formatDocument({ items: backups }, output);
    case 'name':
      return backups.map(({ manifest }) => `${manifest.id}\n`).join('');
    default:
      return output satisfies never;
  }
}

function row({ manifest, verification }: Backup): string[] {
  const now = new Date();
  const faults = verification?.faults.length;
  const labels = Object.entries({ ...manifest.labels, ...(manifest.hold && { hold: 'true' }) });
  return [
    manifest.id,
    age(manifest.takenAt, now),
    String(manifest.counts['devices'] ?? 0),
    manifest.restore.slice(0, 8),
    manifest.engine,
    String(manifest.files.dump.bytes),
    verification === undefined ? 'never' : faults === 0 ? `${age(verification.at, now)} ago` : 'failed',
    labels.length === 0 ? '<none>' : labels.map(([key, value]) => `${key}=${value}`).join(','),
  ];
}

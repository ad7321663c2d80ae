import { Command, InvalidArgumentError, Option } from 'commander';
import { ConfigError, readConfig } from '../../config/config.ts';
import { backupEngines, type BackupEngine } from '../../domain/backups/backup-manifest.ts';
import { showProgress, throttled } from '../../terminal/progress.ts';
import { note, print } from '../../terminal/terminal.ts';
import { openBackups, toolWords, withCatalogue } from '../backups/backup-options.ts';
import { addExamples } from '../examples.ts';
import { outputOption } from '../option-values.ts';
import { UsageError } from '../../client/failures.ts';
import { formatDocument } from '../../manifests/documents.ts';

type Options = {
  readonly to?: string;
  readonly label: Readonly<Record<string, string>>;
  readonly hold?: true;
  readonly engine?: BackupEngine;
  readonly tools?: readonly string[];
  readonly output?: 'json' | 'yaml';
};

/** `muster backup create` */
export function backupCreateCommand(): Command {
  const command = new Command('create')
    .description('back the database up as it is at this moment, and decode the backup before it counts as one')
    .option('--to <directory>', 'directory of the backups (MUSTER_BACKUPS); made where there is none')
    .addOption(
      new Option('--label <key=value>', 'label of the backup; may be given several times')
        .argParser(label)
        .default({}, 'none'),
    )
    .option('--hold', 'never prune it')
    .addOption(
      new Option(
        '--engine <engine>',
        'pg_dump, or copy: Muster itself, as a script for psql; pg_dump if there is one for the version of the server',
      ).choices(backupEngines),
    )
    .option('--tools <words>', 'words before pg_dump and pg_restore, such as "podman exec -i muster-db"', toolWords)
    .addOption(outputOption(['json', 'yaml'], 'print the description of the backup; its id if not given'))
    .action(create);
  command.addHelpText(
    'after',
    '\nThe database is that of the service: DATABASE_URL and DB_PASSWORD, else the private one under MUSTER_DATA_DIR. Devices and people\ngo on as usual meanwhile. Three files are written: the dump, the positions of all devices, and last the description, ID.json:\nwhat has none is no backup.',
  );
  return addExamples(command, [
    { line: 'DATABASE_URL=postgres://muster@db/muster DB_PASSWORD=… muster backup create --to /backups/muster' },
    { line: 'muster backup create --to /backups/muster --label before=upgrade --hold' },
  ]);
}

function label(text: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const [key = '', ...value] = text.split('=');
  if (key === '' || value.length === 0) throw new InvalidArgumentError('Expected KEY=VALUE.');
  return { ...before, [key]: value.join('=') };
}

async function create({ to, label: labels, hold, engine, tools, output }: Options): Promise<void> {
  const deps = await openBackups('--to', to, tools);
  const { createBackup } = await import('../../backups/create-backup.ts');
  const { withDatabaseUrl } = await import('../../backups/database-url.ts');
  const progress = throttled(showProgress(process.stderr, 'Backup'), process.stderr);
  const manifest = await withCatalogue(deps.catalogue, () =>
    withDatabaseUrl(config(), (url) =>
      createBackup(deps, {
        url,
        labels,
        hold: hold === true,
        engine,
        onBytes: (bytes) => progress.update(bytes, bytes, 'bytes'),
      }),
    ),
  ).finally(() => progress.stop());
  note(
    `${deps.catalogue.path(manifest.files.dump.name)} was written and decoded; ${manifest.counts['devices'] ?? 0} devices`,
  );
  print(output === undefined ? manifest.id : formatDocument(manifest, output).trimEnd());
}

function config() {
  try {
    return readConfig();
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(error.message);
    throw error;
  }
}

import { Command, Option } from 'commander';
import type { Backup } from '../../backups/catalogue.ts';
import type { BackupDeps } from '../../backups/verify-backup.ts';
import { CliError, requireAllDone, rootCause, UsageError } from '../../client/failures.ts';
import { ConfigError, readConfig } from '../../config/config.ts';
import {
  conflictsOf,
  forecastOutcomes,
  wordsOf,
  type Forecast,
  type ForecastCounts,
} from '../../domain/recovery/forecast.ts';
import { formatDocument } from '../../manifests/documents.ts';
import { age } from '../../terminal/age.ts';
import { Table } from '../../terminal/table.ts';
import { note } from '../../terminal/terminal.ts';
import { backupNamed, openBackups, withCatalogue } from '../backups/backup-options.ts';
import { suggestWords } from '../completion/command-tree.ts';
import { addExamples } from '../examples.ts';
import { outputOption } from '../option-values.ts';

type Options = {
  readonly at?: string;
  readonly all?: true;
  readonly by?: 'fleet';
  readonly output?: 'json' | 'yaml';
};

type Made = { readonly backup: Backup; readonly forecast: Forecast };

/** `muster forecast` */
export function forecastCommand(): Command {
  const command = new Command('forecast')
    .description('forecast what a restore of a backup would do to each device now')
    .argument('[id...]', 'backups, or latest; latest if none is given')
    .option('--all', 'all backups side by side; the one with the fewest conflicts is marked')
    .option('--at <directory>', 'directory of the backups (MUSTER_BACKUPS)')
    .addOption(new Option('--by <group>', 'a line for each fleet too').choices(['fleet']))
    .addOption(outputOption(['json', 'yaml'], 'how to print; a table if not given'))
    .action(run);
  command.addHelpText(
    'after',
    '\nThe positions in the backup are compared with those of the live database: DATABASE_URL and DB_PASSWORD, else the private one under\nMUSTER_DATA_DIR. Nothing is written. MAY PAUSE: the device may have received a spec that it has not reported. UNKNOWN: enrolled\nsince the backup. GONE: in the backup only. NOT MUSTERED: being decommissioned in the backup, so it is not judged.\nExits 3 if there is no forecast for some of several backups.',
  );
  return addExamples(suggestWords(command, ['latest']), [
    { line: 'muster forecast --at /backups/muster' },
    { line: 'muster forecast --all --at /backups/muster', about: 'choose between the backups' },
    { line: 'muster forecast latest --by fleet --at /backups/muster -o json' },
  ]);
}

async function run(words: readonly string[], { at, all, by, output }: Options): Promise<void> {
  if (all === true && words.length > 0) throw new UsageError('--all excludes an id');
  const deps = await openBackups('--at', at);
  const { withDatabaseUrl } = await import('../../backups/database-url.ts');
  await withCatalogue(deps.catalogue, async () => {
    const { backups, unreadable } = await deps.catalogue.read();
    const named = words.length === 0 ? ['latest'] : words;
    const chosen = all === true ? backups : named.map((word) => backupNamed(backups, word, deps.catalogue.directory));
    for (const fault of all === true ? unreadable : []) note(`no forecast: ${fault}`);
    const made = await withDatabaseUrl(config(), (url) => forecastEach(deps, chosen, url));
    process.stdout.write(textOf(made, { by, output }));
    const skipped = all === true ? unreadable.length : 0;
    requireAllDone('backup', { failed: chosen.length - made.length + skipped, total: chosen.length + skipped });
  });
}

/** Forecasts backup after backup, and names those that it cannot. @throws CliError if the live database does not answer */
async function forecastEach({ catalogue }: BackupDeps, backups: readonly Backup[], url: string): Promise<Made[]> {
  const { forecastBackup } = await import('../../backups/forecast-backup.ts');
  const made: Made[] = [];
  for (const backup of backups) {
    const { manifest, verification } = backup;
    const [fault] = verification?.faults ?? [];
    if (fault !== undefined) {
      note(`no forecast for ${manifest.id}: ${fault}`);
      continue;
    }
    try {
      made.push({ backup, forecast: await forecastBackup(catalogue, manifest, url) });
    } catch (error) {
      if (isAway(error))
        throw new CliError(
          `the live database does not answer (${rootCause(error)}), and a forecast compares a backup with it; what the backups hold is still told by muster backup list and muster backup verify`,
        );
      note(`no forecast for ${manifest.id}: ${rootCause(error)}`);
    }
  }
  return made;
}

function isAway(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return [
    'ECONNREFUSED',
    'ENOTFOUND',
    'ECONNRESET',
    'CONNECT_TIMEOUT',
    'EHOSTUNREACH',
    'ETIMEDOUT',
    '57P03',
    '28P01',
    '3D000',
  ].includes(code);
}

function textOf(
  made: readonly Made[],
  { by, output }: { readonly by: Options['by']; readonly output: Options['output'] },
): string {
  const best = made.length < 2 ? undefined : made.reduce((a, b) => (conflicts(b) <= conflicts(a) ? b : a));
  if (output !== undefined) {
    const items = made.map((one) => ({
      id: one.backup.manifest.id,
      takenAt: one.backup.manifest.takenAt,
      fewestConflicts: one === best,
      devices: one.forecast.total,
      ...(by === 'fleet' && { byOwner: Object.fromEntries(one.forecast.byOwner) }),
    }));
    return formatDocument({ items }, output);
  }
  const headings = forecastOutcomes.map((outcome) => wordsOf(outcome).toUpperCase());
  return new Table(['BACKUP', 'AGE', ...(by === 'fleet' ? ['OWNER'] : []), ...headings, 'NOTE']).lines(
    made.flatMap((one) => rows(one, by, one === best ? 'fewest conflicts' : '')),
  );
}

function rows({ backup: { manifest }, forecast }: Made, by: Options['by'], mark: string): string[][] {
  const row = (owner: string, counts: ForecastCounts, text: string) => [
    manifest.id,
    age(manifest.takenAt, new Date()),
    ...(by === 'fleet' ? [owner] : []),
    ...forecastOutcomes.map((outcome) => String(counts[outcome])),
    text,
  ];
  const owners = by === 'fleet' ? [...forecast.byOwner] : [];
  return [
    row('<all>', forecast.total, mark),
    ...owners.map(([owner, counts]) => row(owner === '' ? '<none>' : owner, counts, '')),
  ];
}

function conflicts({ forecast: { total } }: Made): number {
  return conflictsOf(total);
}

function config() {
  try {
    return readConfig();
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(error.message);
    throw error;
  }
}

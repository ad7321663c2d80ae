import { inheritedEnvironment } from '../../config/config.ts';
import { CliError, rootCause, UsageError } from '../../client/failures.ts';
import type { Backup, BackupCatalogue } from '../../backups/catalogue.ts';
import type { BackupDeps } from '../../backups/verify-backup.ts';

/** Makes what work on backups needs. @param directory as an option says; MUSTER_BACKUPS if it does not. @throws UsageError if neither does */
export async function openBackups(
  flag: '--to' | '--at',
  directory: string | undefined,
  tools: readonly string[] = [],
): Promise<BackupDeps> {
  const path = directory ?? inheritedEnvironment()['MUSTER_BACKUPS'];
  if (!path) throw new UsageError(`${flag}: expected the directory of backups, here or in MUSTER_BACKUPS`);
  // Loaded here, so that commands that only talk to a server start without them.
  const [{ BackupCatalogue }, { PostgresPrograms }, { systemClock }] = await Promise.all([
    import('../../backups/catalogue.ts'),
    import('../../backups/postgres-programs.ts'),
    import('../../time/clock.ts'),
  ]);
  return { catalogue: new BackupCatalogue(path), programs: new PostgresPrograms(tools), clock: systemClock };
}

/** Runs work on a directory of backups. @throws CliError that names the directory if it cannot be read */
export async function withCatalogue<Result>(
  { directory }: BackupCatalogue,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`${directory}: ${rootCause(error)}`);
  }
}

/** Finds a backup by its id, or the newest. @throws CliError if there is none */
export function backupNamed(backups: readonly Backup[], word: string, directory: string): Backup {
  const found = word === 'latest' ? backups.at(-1) : backups.find(({ manifest }) => manifest.id === word);
  if (found !== undefined) return found;
  throw new CliError(
    word === 'latest' ? `there is no backup in ${directory}` : `there is no backup ${word} in ${directory}`,
  );
}

/** Words before PostgreSQL's programs, as an option gives them: `podman exec -i muster-db`. */
export function toolWords(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

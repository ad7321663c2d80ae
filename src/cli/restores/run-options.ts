import { hostname, userInfo } from 'node:os';
import { inheritedEnvironment } from '../../config/config.ts';
import { forecastOutcomes, wordsOf } from '../../domain/recovery/forecast.ts';
import type { RunDeps } from '../../restoring/active-run.ts';
import type { Progress } from '../../terminal/progress.ts';
import { canAsk, confirm, note } from '../../terminal/terminal.ts';
import { UsageError } from '../../client/failures.ts';
import { systemClock } from '../../time/clock.ts';

const stableMs = 10_000;
const pollMs = 1_000;

/** Makes what a run needs of this process. @param progress is stopped by who made it */
export function runDeps(signal: AbortSignal, { wait, progress }: { wait: boolean; progress: Progress }): RunDeps {
  return {
    clock: systemClock,
    environment: inheritedEnvironment(),
    operator: `${userInfo().username}@${hostname()}`,
    say: note,
    progress: (answered, total, about) => progress.update(answered, total, about),
    signal,
    wait,
    forecast: forecastText,
    stableMs,
    pollMs,
  };
}

/** Says in one line what restoring a backup would do to the devices of the live database. */
async function forecastText({
  liveUrl,
  directory,
  backup,
}: {
  readonly liveUrl: string;
  readonly directory: string;
  readonly backup: string;
}): Promise<string> {
  // Loaded here, so that commands that run nothing start without them.
  const [{ BackupCatalogue }, { forecastBackup }] = await Promise.all([
    import('../../backups/catalogue.ts'),
    import('../../backups/forecast-backup.ts'),
  ]);
  const catalogue = new BackupCatalogue(directory);
  const found = (await catalogue.read()).backups.find(({ manifest }) => manifest.id === backup);
  if (found === undefined) throw new Error(`there is no backup ${backup} in ${directory}`);
  const { total } = await forecastBackup(catalogue, found.manifest, liveUrl);
  const counts = forecastOutcomes.map((outcome) => `${total[outcome]} ${wordsOf(outcome)}`);
  return `forecast, if it were restored now: ${counts.join(', ')}`;
}

/** Asks the operator to confirm. @throws UsageError where nobody can be asked and nobody has said yes */
export async function requireConsent(question: string, yes: boolean): Promise<boolean> {
  if (yes) return true;
  if (!canAsk()) throw new UsageError('there is nobody to ask at a terminal: confirm with --yes');
  return await confirm(question);
}

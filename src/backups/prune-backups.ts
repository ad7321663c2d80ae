import { choosePruned, type PruneChoice, type PruneRules } from '../domain/backups/prune-choice.ts';
import { verifyBackup, type BackupDeps } from './verify-backup.ts';

/**
 * Removes the backups that the rules let go, oldest first. One that nobody has verified is verified before anything is chosen.
 *
 * @returns what was chosen for each, newest first
 */
export async function pruneBackups(
  deps: BackupDeps,
  { dryRun, ...rules }: PruneRules & { readonly dryRun: boolean },
): Promise<PruneChoice[]> {
  const { backups } = await deps.catalogue.read();
  const known = [];
  for (const backup of backups) {
    known.push({ ...backup, verification: backup.verification ?? (await verifyBackup(deps, backup.manifest)) });
  }
  const choices = choosePruned(known, rules, deps.clock.now());
  if (dryRun) return choices;
  const doomed = new Set(choices.filter(({ kept }) => kept === undefined).map(({ id }) => id));
  for (const { manifest } of known) {
    if (doomed.has(manifest.id)) await deps.catalogue.remove(manifest);
  }
  return choices;
}

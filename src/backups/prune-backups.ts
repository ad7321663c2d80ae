import { choosePruned, lastVerified, type PruneChoice, type PruneRules } from '../domain/backups/prune-choice.ts';
import { faultsOfFiles, verifyBackup, type BackupDeps } from './verify-backup.ts';

/**
 * Removes the backups that the rules let go, oldest first. Before anything is chosen, one that nobody has verified is verified, and so
 * are those that have to be left, however often they were: a backup may have been damaged since.
 *
 * @param dryRun chooses and removes nothing, and keeps no result of a verification
 * @returns what was chosen for each, newest first
 */
export async function pruneBackups(
  deps: BackupDeps,
  { dryRun, ...rules }: PruneRules & { readonly dryRun: boolean },
): Promise<PruneChoice[]> {
  const { backups } = await deps.catalogue.read();
  const verify = async (manifest: (typeof backups)[number]['manifest']) =>
    dryRun
      ? { at: deps.clock.now().toISOString(), faults: await faultsOfFiles(deps, manifest) }
      : await verifyBackup(deps, manifest);
  const verified = new Set<string>();
  const known = [...backups];
  const verifyAt = async (index: number) => {
    const backup = known[index];
    if (backup === undefined) return;
    known[index] = { ...backup, verification: await verify(backup.manifest) };
    verified.add(backup.manifest.id);
  };
  for (const [index, { verification }] of known.entries()) if (verification === undefined) await verifyAt(index);
  for (;;) {
    const doubtful = lastVerified(known, rules).find(({ manifest }) => !verified.has(manifest.id));
    if (doubtful === undefined) break;
    await verifyAt(known.indexOf(doubtful));
  }
  const choices = choosePruned(known, rules, deps.clock.now());
  if (dryRun) return choices;
  const doomed = new Set(choices.filter(({ kept }) => kept === undefined).map(({ id }) => id));
  for (const { manifest } of known) {
    if (doomed.has(manifest.id)) await deps.catalogue.remove(manifest);
  }
  return choices;
}

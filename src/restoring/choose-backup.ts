import { basename, dirname, resolve } from 'node:path';
import { BackupCatalogue, type Backup } from '../backups/catalogue.ts';
import type { ActiveRun } from './active-run.ts';

export type ChosenArtifact = Backup & { readonly catalogue: BackupCatalogue };

/**
 * Finds the backup that a run is to restore: what its journal says or, before that, what its operator said (`latest`, an id, or the
 * path of a file of it).
 *
 * @throws Error if there is none
 */
export async function chooseBackup({ plan, state, file }: ActiveRun): Promise<ChosenArtifact> {
  const word = state.begun.backup;
  const isPath = word.includes('/');
  const directory = isPath ? dirname(word) : resolve(file.directory, plan.backups?.at ?? '.');
  const catalogue = new BackupCatalogue(directory);
  const { backups } = await catalogue.read();
  const id = isPath ? basename(word).replace(/\.(json|dump|sql\.gz|positions\.gz)$/, '') : word;
  const found = id === 'latest' ? backups.at(-1) : backups.find(({ manifest }) => manifest.id === id);
  if (found !== undefined) return { ...found, catalogue };
  throw new Error(
    id === 'latest'
      ? `there is no backup in ${catalogue.directory}`
      : `there is no backup ${id} in ${catalogue.directory}: what has no description beside it is no backup`,
  );
}

/** Says which backup could be taken instead. */
export async function otherBackup({ catalogue, manifest }: ChosenArtifact): Promise<string> {
  const { backups } = await catalogue.read();
  const verified = backups
    .filter((one) => one.manifest.id !== manifest.id && one.verification?.faults.length === 0)
    .at(-1);
  return verified === undefined
    ? 'There is no other verified backup.'
    : `The newest other one that was verified is ${verified.manifest.id}.`;
}

/** Finds the backup that the journal says was chosen. @throws Error if it is gone */
export async function chosenBackup(run: ActiveRun): Promise<ChosenArtifact> {
  const chosen = await chooseBackup(run);
  const { id } = run.state.backup ?? {};
  if (chosen.manifest.id === id) return chosen;
  const { backups } = await chosen.catalogue.read();
  const found = backups.find(({ manifest }) => manifest.id === id);
  if (found === undefined) throw new Error(`the backup ${id ?? ''} is gone from ${chosen.catalogue.directory}`);
  return { ...found, catalogue: chosen.catalogue };
}

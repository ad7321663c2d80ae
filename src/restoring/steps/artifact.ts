import { PostgresPrograms } from '../../backups/postgres-programs.ts';
import { faultsOfFiles } from '../../backups/verify-backup.ts';
import { knownMigrations } from '../../db/server/migrate.ts';
import { lookAt } from '../../db/server/restored-contents.ts';
import { duration } from '../../domain/recovery/restore-report-markdown.ts';
import { rootCause } from '../../logging/root-cause.ts';
import type { ActiveRun } from '../active-run.ts';
import { chooseBackup, otherBackup, type ChosenArtifact } from '../choose-backup.ts';
import type { StepWork } from './step-work.ts';

/** Step 2: the backup is chosen and read to its last byte, while everything still runs. */
export const artifact: StepWork = {
  observe: async ({ state }) => state.backup !== undefined,
  async act(run) {
    const { restore } = run.plan.database;
    if (restore.method === 'external') {
      const takenAt = await momentOf(run, restore.takenAt);
      run.note({ type: 'chosen', backup: { id: null, path: null, sha256: null, takenAt } });
      return;
    }
    const chosen = await chooseBackup(run);
    const faults = await faultsOfArtifact(run, chosen);
    if (faults.length > 0) {
      const { id } = chosen.manifest;
      throw new Error([`the backup ${id} is not restored:`, ...faults, await otherBackup(chosen)].join('\n  '));
    }
    const { id, files, takenAt } = chosen.manifest;
    run.moment('middle');
    await forecast(run, chosen);
    run.note({
      type: 'chosen',
      backup: { id, path: chosen.catalogue.path(files.dump.name), sha256: files.dump.sha256, takenAt },
    });
    run.say(`backup ${id}, taken ${takenAt}`);
  },
};

async function momentOf(run: ActiveRun, takenAt: string | readonly string[]): Promise<string> {
  if (typeof takenAt === 'string') return takenAt;
  const { stdout } = await run.command(takenAt);
  const at = new Date(stdout.trim());
  if (Number.isNaN(at.getTime())) throw new Error(`${takenAt.join(' ')} printed no time`);
  return at.toISOString();
}

/** Finds all that speaks against restoring a backup. */
async function faultsOfArtifact(run: ActiveRun, { manifest, catalogue }: ChosenArtifact): Promise<string[]> {
  const { versions, takenAt, lineage } = manifest;
  const faults: string[] = [];
  if (versions.schema > knownMigrations())
    faults.push(`a newer version of Muster made it (${versions.muster}): run the plan with that one`);
  const oldest = run.plan.backups?.oldest;
  const age = run.deps.clock.now().getTime() - Date.parse(takenAt);
  if (oldest !== undefined && age > oldest)
    faults.push(`it is older than the plan allows: ${duration(age / 1_000)}, and at most ${duration(oldest / 1_000)}`);
  const live = await liveLineage(run);
  if (live !== undefined && !live.some((restore) => lineage.includes(restore)))
    faults.push('it is of another service: none of its restores is known to the database that it would replace');
  const programs = new PostgresPrograms(run.plan.database.tools);
  return [...faults, ...(await faultsOfFiles({ catalogue, programs }, manifest))];
}

/** Restores that the live database has had; undefined where it is lost, or is none of Muster. */
async function liveLineage(run: ActiveRun): Promise<string[] | undefined> {
  const url = await liveUrl(run);
  if (url === undefined) return undefined;
  const lineage = await lookAt(url, (look) => look.lineage()).catch(() => undefined);
  return lineage?.restores.length === 0 ? undefined : lineage?.restores;
}

async function liveUrl({ server, plan }: ActiveRun): Promise<string | undefined> {
  const live = await server.find(plan.database.name);
  return live?.allowsConnections === true ? server.urlOf(plan.database.name) : undefined;
}

/** Says what the restore would cost. It is no condition: a run goes on without it. */
async function forecast(run: ActiveRun, { manifest, catalogue }: ChosenArtifact): Promise<void> {
  const url = run.deps.forecast === undefined ? undefined : await liveUrl(run);
  if (url === undefined || run.deps.forecast === undefined) return;
  try {
    const text = await run.deps.forecast({ liveUrl: url, directory: catalogue.directory, backup: manifest.id });
    run.note({ type: 'forecast', text: run.mask(text) });
    run.say(text);
  } catch (error) {
    run.say(`no forecast could be made: ${rootCause(error)}`);
  }
}

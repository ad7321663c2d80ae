import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { withSnapshot, type DatabaseSnapshot } from '../db/server/database-snapshot.ts';
import { backupId, type BackupEngine, type BackupManifest } from '../domain/backups/backup-manifest.ts';
import { rootCause } from '../logging/root-cause.ts';
import { version } from '../version.ts';
import { copyDatabase } from './copy-engine.ts';
import { faultsOfFiles, type BackupDeps } from './verify-backup.ts';
import { writeFileWhole } from './written-file.ts';

export type BackupRequest = {
  readonly url: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly hold: boolean;
  /** Chosen by the versions of server and programs where it is not given. */
  readonly engine?: BackupEngine | undefined;
  /** Told how many bytes of the dump are written. */
  readonly onBytes?: (bytes: number) => void;
};

/**
 * Backs the database up as it is at one moment: a dump, the positions of all devices, and last the manifest, which makes them a
 * backup. The dump is decoded before that.
 *
 * @throws Error if anything of it fails: nothing is left behind then but a note of the failure
 */
export async function createBackup(deps: BackupDeps, request: BackupRequest): Promise<BackupManifest> {
  const { catalogue, clock } = deps;
  await catalogue.makeReady();
  await catalogue.removeAbandoned(clock.now());
  try {
    return await withSnapshot(request.url, (snapshot) => backUp(deps, request, snapshot));
  } catch (error) {
    await catalogue.noteFailure({ at: clock.now().toISOString(), message: rootCause(error) }).catch(() => undefined);
    throw error;
  }
}

async function backUp(
  { catalogue, programs, clock }: BackupDeps,
  { url, labels, hold, engine: wanted, onBytes = () => undefined }: BackupRequest,
  snapshot: DatabaseSnapshot,
): Promise<BackupManifest> {
  const { engine, client } = chooseEngine(wanted, await programs.version(), snapshot.serverVersion);
  const id = backupId(snapshot.takenAt, randomBytes(4).toString('hex'));
  const names = { dump: `${id}.${engine === 'copy' ? 'sql.gz' : 'dump'}`, positions: `${id}.positions.gz` };
  try {
    const positions = await writeFileWhole(
      catalogue.path(names.positions),
      Readable.from(snapshot.positions(), { objectMode: false }),
      {
        through: [createGzip({ level: 1 })],
      },
    );
    const path = catalogue.path(names.dump);
    const dump =
      engine === 'copy'
        ? await copyDatabase(snapshot, path, onBytes)
        : await programs.dump(url, snapshot.exported, path, onBytes);
    const manifest: BackupManifest = {
      apiVersion: 'muster/v1',
      kind: 'Backup',
      id,
      takenAt: snapshot.takenAt.toISOString(),
      engine,
      versions: { muster: version, server: snapshot.serverVersion, client, schema: snapshot.migrations.length },
      restore: snapshot.restore,
      lineage: [...snapshot.lineage],
      counts: Object.fromEntries(snapshot.tables.map(({ name, rows }) => [name, rows])),
      highest: snapshot.highest,
      files: { dump, positions },
      labels: { ...labels },
      hold,
    };
    const faults = await faultsOfFiles({ catalogue, programs }, manifest);
    if (faults.length > 0) throw new Error(`what was written is no good backup: ${faults.join('; ')}`);
    await catalogue.commit(manifest, { at: clock.now().toISOString(), faults });
    return manifest;
  } catch (error) {
    for (const name of Object.values(names)) await rm(catalogue.path(name), { force: true });
    throw error;
  }
}

/** pg_dump refuses a server that is newer than itself: then Muster dumps by itself. @throws Error where pg_dump is asked for and cannot */
function chooseEngine(
  wanted: BackupEngine | undefined,
  client: string | undefined,
  server: string,
): { engine: BackupEngine; client: string | null } {
  const fits = client !== undefined && Number.parseInt(client, 10) >= Number.parseInt(server, 10);
  if (wanted === 'copy' || (wanted === undefined && !fits)) return { engine: 'copy', client: null };
  if (client !== undefined && fits) return { engine: 'pg_dump', client };
  throw new Error(
    client === undefined
      ? 'there is no pg_dump on the path: name the words before it with --tools, or take the engine copy'
      : `pg_dump ${client} refuses a server of version ${server}: take one of at least that major version, or the engine copy`,
  );
}

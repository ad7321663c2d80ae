import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import type { BackupFile, BackupManifest, Verification } from '../domain/backups/backup-manifest.ts';
import type { Clock } from '../time/clock.ts';
import type { BackupCatalogue } from './catalogue.ts';
import { copyLines } from '../db/server/copy-lines.ts';
import { faultsOfScript } from './copy-engine.ts';
import type { PostgresPrograms } from './postgres-programs.ts';
import { measureFile } from './written-file.ts';

const positionSchema = z.object({ name: z.string() });

/** Things that work on backups needs. */
export type BackupDeps = {
  readonly catalogue: BackupCatalogue;
  readonly programs: PostgresPrograms;
  readonly clock: Clock;
};

/** Verifies a backup, and keeps the result beside it. */
export async function verifyBackup(deps: BackupDeps, manifest: BackupManifest): Promise<Verification> {
  const verification = { at: deps.clock.now().toISOString(), faults: await faultsOfFiles(deps, manifest) };
  await deps.catalogue.noteVerification(manifest.id, verification);
  return verification;
}

/**
 * Looks for faults in the files of a backup: lengths, checksums, and every byte decoded (recovery.md: a list of its contents proves
 * nothing).
 */
export async function faultsOfFiles(
  { catalogue, programs }: Pick<BackupDeps, 'catalogue' | 'programs'>,
  { engine, counts, files }: BackupManifest,
): Promise<string[]> {
  for (const file of [files.dump, files.positions]) {
    const fault = await faultOfBytes(catalogue.path(file.name), file);
    if (fault !== undefined) return [fault];
  }
  const dump = catalogue.path(files.dump.name);
  return [
    ...(engine === 'copy' ? await faultsOfScript(dump, counts) : await programs.faultsOf(dump)),
    ...(await faultsOfPositions(catalogue.path(files.positions.name), counts['device_positions'] ?? 0)),
  ];
}

async function faultOfBytes(path: string, { name, bytes, sha256 }: BackupFile): Promise<string | undefined> {
  try {
    const found = await measureFile(path);
    if (found.bytes !== bytes) return `${name} has ${found.bytes} bytes; the manifest says ${bytes}`;
    return found.sha256 === sha256 ? undefined : `${name} does not have the checksum that the manifest says`;
  } catch (error) {
    return `${name} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

async function faultsOfPositions(path: string, devices: number): Promise<string[]> {
  let found = 0;
  let before = Buffer.alloc(0);
  try {
    await pipeline(createReadStream(path), createGunzip(), async (source: AsyncIterable<Buffer>) => {
      for await (const lines of copyLines(source)) {
        for (const line of lines) {
          const name = Buffer.from(positionSchema.parse(JSON.parse(line)).name);
          if (found > 0 && before.compare(name) >= 0) throw new Error(`${name.toString()} is not in its order`);
          before = name;
          found += 1;
        }
      }
    });
  } catch (error) {
    return [`the positions cannot be decoded: ${error instanceof Error ? error.message : String(error)}`];
  }
  return found === devices ? [] : [`there are the positions of ${found} devices; the manifest says ${devices}`];
}

import { constants } from 'node:fs';
import { access, mkdir, readdir, readFile, rm, stat, statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { z } from 'zod';
import {
  backupManifestSchema,
  verificationSchema,
  type BackupManifest,
  type Verification,
} from '../domain/backups/backup-manifest.ts';
import type { BackupsState } from '../domain/backups/backup-findings.ts';
import type { KeptBackup } from '../domain/backups/prune-choice.ts';
import { partialEnding, writeFileWhole } from './written-file.ts';

const manifestEnding = '.json';
const verificationEnding = '.verified';
/** A file that nobody has written to for this long is one that nobody goes on with. */
const partialAfterMs = 24 * 3_600_000;
const failureName = 'last-failure';

export type Backup = KeptBackup & { readonly manifest: BackupManifest };

const failureSchema = z.strictObject({ at: z.iso.datetime(), message: z.string() });
export type Failure = z.infer<typeof failureSchema>;

/** A directory of backups. What it holds is what the manifests in it say: nothing else is a backup. */
export class BackupCatalogue {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = resolve(directory);
  }

  /** Makes the directory, for its owner alone. @throws Error if nothing can be written there */
  async makeReady(): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    await access(this.directory, constants.W_OK);
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  /** Reads all backups, oldest first, and says which descriptions cannot be read. @throws Error if there is no such directory */
  async read(): Promise<{ backups: Backup[]; unreadable: string[] }> {
    const names = (await readdir(this.directory)).filter((name) => name.endsWith(manifestEnding)).toSorted();
    const backups: Backup[] = [];
    const unreadable: string[] = [];
    for (const name of names) {
      const manifest = await this.readJson(name, backupManifestSchema);
      if (manifest === undefined || `${manifest.id}${manifestEnding}` !== name) {
        unreadable.push(`${name} is not the description of a backup`);
        continue;
      }
      backups.push({
        manifest,
        verification: await this.readJson(`${manifest.id}${verificationEnding}`, verificationSchema),
      });
    }
    return { backups, unreadable };
  }

  /** Adds a backup whose files are all there: the commit of it. */
  async commit(manifest: BackupManifest, verification: Verification): Promise<void> {
    await this.noteVerification(manifest.id, verification);
    await this.writeJson(`${manifest.id}${manifestEnding}`, manifest);
    await rm(this.path(failureName), { force: true });
  }

  async noteVerification(id: string, verification: Verification): Promise<void> {
    await this.writeJson(`${id}${verificationEnding}`, verification);
  }

  async noteFailure(failure: Failure): Promise<void> {
    await this.writeJson(failureName, failure);
  }

  private async lastFailure(): Promise<Failure | undefined> {
    return await this.readJson(failureName, failureSchema);
  }

  /** Removes a backup: its description first, so that a half-removed one is no backup. */
  async remove({ id, files }: BackupManifest): Promise<void> {
    await rm(this.path(`${id}${manifestEnding}`));
    for (const name of [files.positions.name, files.dump.name, `${id}${verificationEnding}`]) {
      await rm(this.path(name), { force: true });
    }
  }

  /** Removes what an attempt left that was killed: one that goes on writes to its file. */
  async removePartial(now: Date): Promise<void> {
    for (const name of await readdir(this.directory)) {
      if (!name.endsWith(partialEnding)) continue;
      const { mtimeMs } = await stat(this.path(name));
      if (now.getTime() - mtimeMs > partialAfterMs) await rm(this.path(name), { force: true });
    }
  }

  /** Reads all that says how good the backups are. */
  async state(): Promise<BackupsState> {
    return { ...(await this.read()), failure: await this.lastFailure(), used: await this.usedSpace() };
  }

  /** Share of the disk's space that is used, 0 to 1, as programs without privileges see it. */
  private async usedSpace(): Promise<number> {
    const { blocks, bfree, bavail } = await statfs(this.directory);
    const used = blocks - bfree;
    return used / Math.max(1, used + bavail);
  }

  private async writeJson(name: string, value: unknown): Promise<void> {
    await writeFileWhole(this.path(name), Readable.from([Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`)]));
  }

  private async readJson<Schema extends z.ZodType>(name: string, schema: Schema): Promise<z.infer<Schema> | undefined> {
    try {
      return schema.safeParse(JSON.parse(await readFile(this.path(name), 'utf8'))).data;
    } catch {
      return undefined;
    }
  }
}

import { constants } from 'node:fs';
import { access, mkdir, readdir, readFile, rm, stat, statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { z } from 'zod';
import {
  backupIdSchema,
  backupManifestSchema,
  verificationSchema,
  type BackupManifest,
  type Verification,
} from '../domain/backups/backup-manifest.ts';
import type { BackupsState } from '../domain/backups/backup-findings.ts';
import type { KeptBackup } from '../domain/backups/prune-choice.ts';
import { writeFileWhole } from './written-file.ts';

const manifestEnding = '.json';
const verificationEnding = '.verified';
/** An attempt that has not written for so long was killed. Decoding a large dump at the end writes nothing for hours. */
const abandonedAfterMs = 24 * 3_600_000;
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

  /**
   * Removes what attempts left that were killed: files of ids that have no manifest, and to which nothing was written for a while. An
   * attempt that goes on writes to one of its files all the time.
   */
  async removeAbandoned(now: Date): Promise<void> {
    const names = await readdir(this.directory);
    const committed = new Set(names.filter((name) => name.endsWith(manifestEnding)));
    const lastWritten = new Map<string, number>();
    const files: { name: string; id: string }[] = [];
    for (const name of names) {
      const id = backupIdSchema.safeParse(name.slice(0, name.indexOf('.'))).data;
      if (id === undefined || committed.has(`${id}${manifestEnding}`)) continue;
      const { mtimeMs } = await stat(this.path(name));
      lastWritten.set(id, Math.max(lastWritten.get(id) ?? 0, mtimeMs));
      files.push({ name, id });
    }
    for (const { name, id } of files) {
      if (now.getTime() - (lastWritten.get(id) ?? 0) > abandonedAfterMs) await rm(this.path(name), { force: true });
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

import { spawn, type ChildProcess } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { inheritedEnvironment } from '../config/config.ts';
import type { BackupFile } from '../domain/backups/backup-manifest.ts';
import { writeFileWhole } from './written-file.ts';

/** Kept of what a program says on standard error, in characters. */
const maxComplaint = 4_000;

/** PostgreSQL's own programs. @param prefix words before each of them, such as `podman exec -i muster-db` */
export class PostgresPrograms {
  private readonly prefix: readonly string[];

  constructor(prefix: readonly string[] = []) {
    this.prefix = prefix;
  }

  /** Version of `pg_dump`, such as `15.14`; undefined where there is none. */
  async version(): Promise<string | undefined> {
    try {
      const program = this.start('pg_dump', ['--version']);
      let text = '';
      program.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
      program.stdin.end();
      await program.ended;
      return /(\d+(?:\.\d+)?)/.exec(text)?.[1];
    } catch {
      return undefined;
    }
  }

  /** Dumps the database as a snapshot shows it, in PostgreSQL's custom format. */
  async dump(url: string, snapshot: string, path: string, onBytes: (bytes: number) => void): Promise<BackupFile> {
    const { target, password } = withoutPassword(url);
    const options = ['--format=custom', '--no-owner', '--no-privileges', '--compress=1', `--snapshot=${snapshot}`];
    const program = this.start('pg_dump', [...options, `--dbname=${target}`], password);
    program.stdin.end();
    const [file] = await Promise.all([writeFileWhole(path, program.stdout, { onBytes }), program.ended]);
    return file;
  }

  /** Decodes a whole dump and throws it away: listing its contents proves nothing. @returns faults that were found */
  async faultsOf(path: string): Promise<string[]> {
    const program = this.start('pg_restore', ['--file=/dev/null']);
    program.stdout.resume();
    try {
      await Promise.all([pipeline(createReadStream(path), program.stdin), program.ended]);
      return [];
    } catch (error) {
      // Its own words say more than that it stopped reading.
      const why = await program.ended.then(
        () => error,
        (ended: unknown) => ended,
      );
      return [`the dump cannot be decoded: ${why instanceof Error ? why.message : String(why)}`];
    }
  }

  /** Restores a dump into an empty database. Each process of it needs the file, so more than one works without a prefix only. */
  async restore(path: string, url: string, jobs: number): Promise<void> {
    const { target, password } = withoutPassword(url);
    const options = ['--no-owner', '--no-privileges', '--exit-on-error', `--dbname=${target}`];
    const readsFile = this.prefix.length === 0 && jobs > 1;
    const program = this.start('pg_restore', readsFile ? [...options, `--jobs=${jobs}`, path] : options, password);
    program.stdout.resume();
    if (readsFile) program.stdin.end();
    const fed = readsFile ? Promise.resolve() : pipeline(createReadStream(path), program.stdin);
    // Its own words say more than that it stopped reading.
    await fed.catch(() => undefined);
    await program.ended;
    await fed;
  }

  private start(name: string, options: readonly string[], password?: string) {
    const [command, ...words] = [...this.prefix, name, ...options];
    const program = spawn(command ?? name, words, {
      stdio: ['pipe', 'pipe', 'pipe'],
      // A password never stands among the words of a command, which everybody on the machine can read.
      env: { ...inheritedEnvironment(), ...(password === undefined ? {} : { PGPASSWORD: password }) },
    });
    return { stdin: program.stdin, stdout: program.stdout, ended: ended(name, program) };
  }
}

/** Resolves when a program has ended well. @throws Error with the last that it said */
function ended(name: string, program: ChildProcess): Promise<void> {
  let complaint = '';
  program.stderr?.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-maxComplaint);
  });
  const ending = new Promise<void>((resolve, reject) => {
    program.once('error', (error) => reject(new Error(`${name} cannot be started: ${error.message}`)));
    program.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(complaint.trim() || `${name} ended with ${String(signal ?? code)}`));
    });
  });
  ending.catch(() => undefined);
  return ending;
}

function withoutPassword(url: string): { target: string; password: string | undefined } {
  const target = new URL(url);
  const password = target.password === '' ? undefined : decodeURIComponent(target.password);
  target.password = '';
  return { target: target.toString(), password };
}

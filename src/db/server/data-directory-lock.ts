import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, renameSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from '../failures.ts';

/** Longest path of the lock, in bytes: every system takes a socket whose path is five longer. */
const maxPathBytes = 98;
/** Time that a holder has to say who it is. */
const answerTimeoutMs = 1_000;
/** Time after which it is seen which one of those that took the lock at the same time has it. */
const settleMs = 100;
/** Time after which a process that takes a lock answers at its own socket. */
const asideAfterMs = 1_000;
const maxAttempts = 3;

/** Something that no other process takes while this one lives. */
export type ProcessLock = {
  release(): Promise<void>;
};

/**
 * Takes a data directory for this process. The lock is a socket that only a living process answers at: the system ends it
 * with the process, however that ends, and it holds between containers that share the directory.
 *
 * @throws Error naming the directory and the process that has it
 */
export async function lockDataDirectory(directory: string): Promise<ProcessLock> {
  return await takeLock(lockPath(directory), (holder) => heldText(directory, holder));
}

/**
 * Takes a lock for this process.
 *
 * @param path of the socket that is the lock; see {@link socketPath}
 * @param heldText says who has it, from what the holder says: its process and something that tells it from others
 * @throws Error with that text
 */
export async function takeLock(path: string, heldText: (holder: string) => string): Promise<ProcessLock> {
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const card = `${process.pid} ${randomUUID()}`;
    const server = await answerAt(`${path}.${randomUUID().slice(0, 4)}`, card, async (aside) => {
      const holder = await askHolder(path);
      if (holder !== undefined) throw new Error(heldText(holder));
      // The lock that a dead process left is replaced in one step.
      renameSync(aside, path);
    });
    await sleep(settleMs);
    if ((await askHolder(path)) === card) {
      await removeAside(path);
      return {
        async release() {
          await removeAside(path);
          await rm(path, { force: true });
          await closed(server);
        },
      };
    }
    await closed(server);
  }
  throw new Error(heldText(''));
}

function heldText(directory: string, holder: string): string {
  return (
    `the data directory ${directory} is in use by another Muster (${holderName(holder)}): stop that one, or give this one a directory ` +
    'of its own (MUSTER_DATA_DIR) or a PostgreSQL (DATABASE_URL)'
  );
}

/** Removes what processes left that were killed while they took a lock. */
async function removeAside(path: string): Promise<void> {
  const prefix = `${basename(path)}.`;
  const names = await readdir(dirname(path));
  for (const name of names.filter(
    (each) => each.startsWith(prefix) && /^[0-9a-f]{4}$/.test(each.slice(prefix.length)),
  )) {
    const aside = join(dirname(path), name);
    const found = await stat(aside).catch(() => undefined);
    // A process that has just made its own may not answer yet.
    if (found?.isSocket() !== true || Date.now() - found.mtimeMs < asideAfterMs) continue;
    if ((await askHolder(aside)) === undefined) await rm(aside, { force: true });
  }
}

/** Names the holder of a lock for people. */
export function holderName(holder: string): string {
  const [pid] = /^\d{1,10}/.exec(holder) ?? [];
  return pid === undefined ? 'a process that does not say who it is' : `process ${pid}`;
}

/** In the directory, so that all who share it find it; where its path is too long for a socket, in the temporary directory. */
function lockPath(directory: string): string {
  return socketPath(join(directory, 'lock'), directory);
}

/** A path for a socket: the wanted one or, where that is too long for a socket, one in the temporary directory. @param about names what is locked */
export function socketPath(wanted: string, about: string): string {
  if (Buffer.byteLength(wanted) <= maxPathBytes) return wanted;
  return join(tmpdir(), `muster-${createHash('sha256').update(about).digest('hex').slice(0, 16)}.lock`);
}

/** @returns what the living holder says, empty if it says nothing in time; undefined if there is none */
async function askHolder(path: string): Promise<string | undefined> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    const [card]: unknown[] = await once(socket, 'data', { signal: AbortSignal.timeout(answerTimeoutMs) });
    return String(card).trim();
  } catch (error) {
    if (hasCode(error, /^(ENOENT|ECONNREFUSED|ENOTSOCK)$/)) return undefined;
    if (hasCode(error, /^EACCES$/)) throw error;
    return '';
  } finally {
    socket.destroy();
  }
}

/** Answers whoever connects with a card, at a path that `place` may move. The socket goes if it cannot. */
async function answerAt(path: string, card: string, place: (path: string) => Promise<void>): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end(`${card}\n`);
  });
  server.listen(path);
  await once(server, 'listening');
  server.unref();
  try {
    chmodSync(path, 0o600);
    await place(path);
    return server;
  } catch (error) {
    await closed(server);
    throw error;
  }
}

async function closed(server: Server): Promise<void> {
  await new Promise((done) => server.close(done));
}

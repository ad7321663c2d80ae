import { execFile, spawn, type ChildProcessByStdio } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { promisify } from 'node:util';
import { endsWithin } from '../../time/time-limit.ts';
import type { PostgresPrograms } from './postgres-programs.ts';

const run = promisify(execFile);

/** Longest start: a server that was killed under load has its log to replay first. */
const maxStartMs = 300_000;
const maxStopMs = 60_000;
const lookEveryMs = 30;

/**
 * Runs a server and ends it when this process is gone, however that went: the pipe ends with this process, and the shell that
 * waits at its other end interrupts the server, which is PostgreSQL's word for a fast stop. Both run in a session of their
 * own, so that an interrupt at the terminal reaches Muster first and PostgreSQL last.
 */
const guard = `
  exec 3<&0
  log=$1; shift
  "$@" </dev/null 3<&- >>"$log" 2>&1 &
  server=$!
  { read -r _ <&3; kill -INT "$server"; } >/dev/null 2>&1 &
  watch=$!
  wait "$server"
  code=$?
  kill "$watch" 2>/dev/null
  exit "$code"`;

/** A server that runs until it is stopped, or ends by itself. */
export type RunningServer = {
  /** Resolves when it has ended, for any reason. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
};

type ServerOptions = { readonly directory: string; readonly port: number; readonly settings: Record<string, string> };

/**
 * Starts the server of a cluster that this process has locked. One that still runs there belongs to a process that is gone,
 * and is stopped first.
 *
 * @throws Error with the last lines of its log if it does not start
 */
export async function startServer(
  { directory, port, settings }: ServerOptions,
  programs: PostgresPrograms,
): Promise<RunningServer> {
  await stopLeftServer(directory, programs);
  const log = join(directory, 'server.log');
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const command = [programs.postgres, '-D', directory, '-p', String(port), ...flags];
  const child = spawn('/bin/sh', ['-c', guard, 'muster-postgres', log, ...command], {
    ...programs.as,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  });
  const server = { ended, stop: () => stopServer(child, ended, directory, programs) };
  if (await isReadyInTime(directory, ended)) {
    // Whoever forgets to stop it is not kept by it.
    child.unref();
    return server;
  }
  await server.stop();
  const lines = (await readFile(log, 'utf8').catch(() => '')).trimEnd().split('\n').slice(-6);
  throw new Error(`the private PostgreSQL under ${directory} did not start:\n${lines.join('\n')}`);
}

async function isReadyInTime(directory: string, ended: Promise<void>): Promise<boolean> {
  const until = performance.now() + maxStartMs;
  while (performance.now() < until) {
    const found = await runningServer(directory);
    if (found?.isReady === true) return true;
    if (await endsWithin(lookEveryMs, ended)) return false;
  }
  return false;
}

async function stopServer(
  child: ChildProcessByStdio<Writable, null, null>,
  ended: Promise<void>,
  directory: string,
  programs: PostgresPrograms,
): Promise<void> {
  child.stdin.on('error', () => undefined);
  child.stdin.end();
  if (!(await endsWithin(maxStopMs, ended))) await pgCtlStop(directory, programs, 'immediate');
  // The shell may have been killed, and not the server.
  else if ((await runningServer(directory)) !== undefined) await pgCtlStop(directory, programs, 'fast');
}

/**
 * Makes way for a server of this cluster. A file that names a process which is no server of it is stale, and PostgreSQL would
 * take that process for one: in a container each start has the same few process ids.
 */
async function stopLeftServer(directory: string, programs: PostgresPrograms): Promise<void> {
  const left = await readPostmasterFile(directory);
  if (left === undefined) return;
  if (!(await isServerOf(directory, left.pid))) {
    // What a dead process left PostgreSQL itself sees, and waits for what still uses its memory.
    if ((await commandOf(left.pid)) !== undefined) await rm(join(directory, 'postmaster.pid'), { force: true });
    return;
  }
  await pgCtlStop(directory, programs, 'fast').catch(() => pgCtlStop(directory, programs, 'immediate'));
}

async function pgCtlStop(
  directory: string,
  { pgCtl, as }: PostgresPrograms,
  mode: 'fast' | 'immediate',
): Promise<void> {
  try {
    await run(pgCtl, ['stop', '-D', directory, '-m', mode, '-w', '-t', String(maxStopMs / 1_000)], as);
  } catch (error) {
    // It may have ended by itself meanwhile.
    if ((await runningServer(directory)) !== undefined) throw error;
  }
}

async function runningServer(directory: string): Promise<{ isReady: boolean } | undefined> {
  const file = await readPostmasterFile(directory);
  return file !== undefined && (await isServerOf(directory, file.pid)) ? { isReady: file.isReady } : undefined;
}

/** Reads the file that a server writes about itself: its process id first, its state in the eighth line. */
async function readPostmasterFile(directory: string): Promise<{ pid: number; isReady: boolean } | undefined> {
  const text = await readFile(join(directory, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  return Number.isInteger(pid) && pid > 0 ? { pid, isReady: /^(ready|standby) *$/.test(lines[7] ?? '') } : undefined;
}

/** Tells if a process lives and is the server of the cluster in a directory. A server has that directory as its working directory. */
async function isServerOf(directory: string, pid: number): Promise<boolean> {
  const command = await commandOf(pid);
  if (command?.includes('postgres') !== true) return false;
  const workingDirectory = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  // Where the system does not say: rather one server too many than a running one that is not seen.
  return workingDirectory === undefined ? !existsSync('/proc/self/cwd') : workingDirectory === directory;
}

/** Command line of a living process; undefined if there is none. */
async function commandOf(pid: number): Promise<string | undefined> {
  try {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    // A process that has ended and that nobody has asked after yet has none.
    return command === '' ? undefined : command.replaceAll('\0', ' ');
  } catch {
    const listed = await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch(() => undefined);
    return listed?.stdout.trim() || undefined;
  }
}

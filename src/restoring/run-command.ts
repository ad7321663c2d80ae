import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Environment } from '../config/config.ts';

/** Most characters of the output of a command that are kept, from its end. */
const maxKept = 64 * 1024;
/** Time that a command has to end after it was asked to. */
const graceMs = 2_000;
/** Time for what a command has written to arrive after it ended: others that it started may keep its output open. */
const drainMs = 250;

export type CommandResult = {
  /** Null where a signal ended it, or it could not be started. */
  readonly code: number | null;
  readonly stdout: string;
  /** The last lines of all that it said. */
  readonly tail: string;
  readonly timedOut: boolean;
};

export type CommandOptions = {
  readonly environment: Environment;
  readonly directory: string;
  readonly timeoutMs: number;
  /** File that its output goes to, masked; none for what must not be logged. */
  readonly log: string | undefined;
  readonly mask: (text: string) => string;
  readonly signal: AbortSignal;
};

/** A command that is running. */
export type RunningCommand = { readonly ended: Promise<CommandResult>; kill(): void };

/** Runs a command to its end: its words as they are, no shell. It and all that it started are ended where it takes too long. */
export async function runCommand(command: readonly string[], options: CommandOptions): Promise<CommandResult> {
  return await startCommand(command, options).ended;
}

/** Starts a command in a process group of its own. */
export function startCommand(
  command: readonly string[],
  { environment, directory, timeoutMs, log, mask, signal }: CommandOptions,
): RunningCommand {
  const [program = '', ...words] = command;
  const write = log === undefined ? () => undefined : logTo(log, mask);
  write(`$ ${command.join(' ')}\n`);
  const child = spawn(program, words, {
    cwd: directory,
    env: { ...environment },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let tail = '';
  let timedOut = false;
  const take = (text: string) => {
    write(text);
    tail = (tail + text).slice(-maxKept);
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout = (stdout + text).slice(-maxKept);
    take(text);
  });
  child.stderr.setEncoding('utf8').on('data', take);
  const signalGroup = (name: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // It has ended meanwhile.
    }
  };
  let killing: NodeJS.Timeout | undefined;
  const kill = () => {
    signalGroup('SIGTERM');
    killing ??= setTimeout(() => signalGroup('SIGKILL'), graceMs);
  };
  const timer = Number.isFinite(timeoutMs)
    ? setTimeout(() => {
        timedOut = true;
        kill();
      }, timeoutMs)
    : undefined;
  const interrupt = () => kill();
  if (signal.aborted) kill();
  signal.addEventListener('abort', interrupt, { once: true });
  const ended = new Promise<CommandResult>((resolve) => {
    const end = (code: number | null) => {
      clearTimeout(timer);
      clearTimeout(killing);
      signal.removeEventListener('abort', interrupt);
      // What it left behind in its group after it was to end is ended too.
      if (killing !== undefined) signalGroup('SIGKILL');
      write(undefined);
      resolve({ code, stdout, tail: mask(tail), timedOut });
    };
    child.once('error', (error) => {
      take(`${program} cannot be started: ${error.message}\n`);
      end(null);
    });
    child.once('exit', (code) => {
      const over = setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, drainMs);
      child.once('close', () => {
        clearTimeout(over);
        end(code);
      });
    });
  });
  return { ended, kill };
}

/** Writes whole lines to a log, masked, so that no secret is cut in two by the way it arrives. @returns a writer; undefined ends it */
function logTo(path: string, mask: (text: string) => string): (text: string | undefined) => void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  let begun = '';
  return (text) => {
    const lines = (begun + (text ?? '\n')).split('\n');
    begun = text === undefined ? '' : (lines.pop() ?? '');
    const whole = text === undefined ? lines.filter((line) => line !== '') : lines;
    if (whole.length > 0) appendFileSync(path, `${whole.map(mask).join('\n')}\n`, { mode: 0o600 });
  };
}

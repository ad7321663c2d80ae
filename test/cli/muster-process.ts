import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Readable, Writable } from 'node:stream';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

export type MusterProcess = {
  readonly process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly ended: Promise<Ended>;
  /** Text that it has written to standard output so far. */
  stdout(): string;
  stderr(): string;
  /** Resolves once standard output matches; fails if the process ends before. */
  writes(pattern: RegExp): Promise<RegExpExecArray>;
  /** Ends it, as a person at a terminal would. */
  interrupt(): Promise<Ended>;
};

type Options = { readonly env?: Readonly<Record<string, string>>; readonly input?: string };

/** Starts `muster` as a shell does: a process of its own, with nobody at a terminal. */
export function startMuster(words: readonly string[], { env, input }: Options = {}): MusterProcess {
  const inherited = Object.entries(process.env).filter(([name]) => !/^MUSTER_|_URL$|_PASSWORD$/.test(name));
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...words], {
    cwd: root,
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.end(input);
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  return {
    process: child,
    ended,
    stdout: () => stdout,
    stderr: () => stderr,
    writes: async (pattern) =>
      await new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(stdout);
          if (match !== null) resolve(match);
        };
        child.stdout.on('data', look);
        child.once('close', (code) => {
          look();
          reject(new Error(`exited with ${String(code)} without writing ${String(pattern)}: ${stdout}${stderr}`));
        });
        look();
      }),
    async interrupt() {
      child.kill('SIGINT');
      return await ended;
    },
  };
}

/** Runs `muster` to its end. */
export async function muster(words: readonly string[], options: Options = {}): Promise<Ended> {
  return await startMuster(words, options).ended;
}

import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../config/config.ts';
import { DatabaseServer } from '../db/server/database-server.ts';
import { filledCommand, type PlaceholderValues } from '../domain/recovery-runs/placeholders.ts';
import type { RestorePlan } from '../domain/recovery-runs/restore-plan.ts';
import type { NewRunEntry } from '../domain/recovery-runs/run-entry.ts';
import type { RunState } from '../domain/recovery-runs/run-state.ts';
import { stepNumber, type StepName } from '../domain/recovery-runs/run-steps.ts';
import type { Clock } from '../time/clock.ts';
import { commandMark, commandVariable } from './leftover-processes.ts';
import type { PlanFile } from './read-plan.ts';
import {
  runCommand,
  startCommand,
  type CommandOptions,
  type CommandResult,
  type RunningCommand,
} from './run-command.ts';
import { runFiles, type RunJournal } from './run-journal.ts';
import { maskOf, type Secrets } from './secrets.ts';

/** Longest time of a command, unless the plan says otherwise. */
const commandTimeoutMs = 10 * 60_000;
/** Longest time of one question whether something is so. */
const questionTimeoutMs = 60_000;
/** Last lines of a command that are shown where it fails. */
const shownLines = 20;

/** A moment within a step. */
export type Moment = 'before intent' | 'after intent' | 'middle' | 'after act';

/** Things that a run needs of the process around it. */
export type RunDeps = {
  readonly clock: Clock;
  readonly environment: Environment;
  readonly operator: string;
  /** Tells a person how the run goes on. */
  readonly say: (text: string) => void;
  /** Shows how far the muster is. */
  readonly progress: (answered: number, total: number, about: string) => void;
  /** Ends the run: commands are ended, and nothing is undone. */
  readonly signal: AbortSignal;
  /** Waits for the objective of the muster. */
  readonly wait: boolean;
  /** Forecasts what a restore of a backup would cost, where there is a live database to compare with. */
  readonly forecast?: ((about: { liveUrl: string; directory: string; backup: string }) => Promise<string>) | undefined;
  /** Time for which a service has to stay healthy. */
  readonly stableMs: number;
  readonly pollMs: number;
  /** Is told each moment of each step. */
  readonly onMoment?: ((step: StepName, moment: Moment) => void) | undefined;
};

/** A run that is under way: its plan, its journal, and what its steps work with. */
export class ActiveRun {
  readonly file: PlanFile;
  readonly journal: RunJournal;
  readonly deps: RunDeps;
  readonly background: RunningCommand[] = [];
  step: StepName = 'preflight';
  /** Secrets, programs and background commands are there, in this process. */
  isReady = false;
  private secrets: Secrets = new Map();
  private connected: DatabaseServer | undefined;

  constructor(file: PlanFile, journal: RunJournal, deps: RunDeps) {
    this.file = file;
    this.journal = journal;
    this.deps = deps;
  }

  get plan(): RestorePlan {
    return this.file.plan;
  }

  get state(): RunState {
    return this.journal.state;
  }

  get id(): string {
    return this.journal.run;
  }

  note(entry: NewRunEntry): void {
    this.journal.note(entry);
  }

  mask(text: string): string {
    return maskOf(this.secrets)(text);
  }

  moment(moment: Moment): void {
    this.deps.onMoment?.(this.step, moment);
  }

  /** Says a line to the operator, and keeps it in the log of the step. */
  say(text: string): void {
    const masked = this.mask(text);
    this.deps.say(masked);
    this.log(masked);
  }

  /** Keeps lines in the log of the step. */
  log(text: string): void {
    mkdirSync(runFiles(this.file.stem, this.id).logs, { recursive: true, mode: 0o700 });
    appendFileSync(this.logPath, `${this.mask(text)}\n`, { mode: 0o600 });
  }

  private get logPath(): string {
    return stepLog(this.file.stem, this.id, this.step);
  }

  /** Server of the database, once the secrets are known. */
  get server(): DatabaseServer {
    this.connected ??= new DatabaseServer(withPassword(this.plan.database.admin, this.secrets.get('PGPASSWORD')));
    return this.connected;
  }

  get redisUrl(): string | undefined {
    const url = this.plan.redis ?? this.deps.environment['REDIS_URL'];
    return url === undefined || url === '' ? undefined : withPassword(url, this.secrets.get('KV_PASSWORD'));
  }

  useSecrets(secrets: Secrets): void {
    this.secrets = secrets;
  }

  /** Says which secrets stand in a command as they are, where everybody on the machine can read them. */
  secretsIn(command: readonly string[]): string[] {
    return [...this.secrets].filter(([, value]) => command.some((word) => word.includes(value))).map(([name]) => name);
  }

  /** Values of placeholders. @param item of the plan whose saved values are meant */
  values(item?: string): PlaceholderValues {
    const { backup, saved } = this.state;
    return {
      run: { id: this.id },
      ...(item === undefined ? {} : { saved: saved.get(item) ?? {} }),
      ...(backup === undefined
        ? {}
        : {
            backup: {
              id: backup.id ?? '',
              path: backup.path ?? '',
              sha256: backup.sha256 ?? '',
              takenAt: backup.takenAt,
            },
          }),
    };
  }

  /** Name of a database that this run makes or leaves; what is added to the live name tells the runs apart. */
  databaseNamed(what: string): string {
    return `${this.plan.database.name}_${what}_${this.id.slice(-8)}`;
  }

  /** Runs a command of the plan. @throws Error with its last lines if it fails */
  async command(
    command: readonly string[],
    { item, timeoutMs = commandTimeoutMs }: { item?: string; timeoutMs?: number } = {},
  ): Promise<CommandResult> {
    const filled = filledCommand(command, this.values(item));
    const result = await this.journaled(filled, (options) => runCommand(filled, { ...options, timeoutMs }));
    if (result.code !== 0) throw new Error(this.complaint(filled, result));
    return result;
  }

  /** Runs a command again and again until it succeeds. @throws Error with its last lines if it does not in time */
  async until(
    command: readonly string[],
    { item, withinMs, what }: { item?: string; withinMs: number; what: string },
  ): Promise<void> {
    const filled = filledCommand(command, this.values(item));
    const end = performance.now() + withinMs;
    const result = await this.journaled(filled, async (options) => {
      for (;;) {
        const timeoutMs = Math.max(1, Math.min(questionTimeoutMs, end - performance.now()));
        const result = await runCommand(filled, { ...options, timeoutMs });
        if (result.code === 0 || this.deps.signal.aborted || performance.now() + this.deps.pollMs > end) return result;
        await sleep(this.deps.pollMs);
      }
    });
    if (result.code !== 0)
      throw new Error(`${what} was not reached within ${withinMs / 1_000} s: ${this.complaint(filled, result)}`);
  }

  /** Asks once. */
  async succeeds(command: readonly string[], item?: string): Promise<boolean> {
    const filled = filledCommand(command, this.values(item));
    const { code } = await this.journaled(filled, (options) =>
      runCommand(filled, { ...options, timeoutMs: questionTimeoutMs }),
    );
    return code === 0;
  }

  /** Starts a command that runs for as long as this process needs it. */
  startBackground(command: readonly string[]): void {
    const filled = filledCommand(command, this.values());
    this.background.push(startCommand(filled, { ...this.begin(filled), timeoutMs: Number.POSITIVE_INFINITY }));
  }

  async close(): Promise<void> {
    for (const command of this.background) command.kill();
    await Promise.all(this.background.map(({ ended }) => ended));
    await this.connected?.close();
  }

  private async journaled(
    command: readonly string[],
    work: (options: Omit<CommandOptions, 'timeoutMs'>) => Promise<CommandResult>,
  ): Promise<CommandResult> {
    this.deps.signal.throwIfAborted();
    const options = this.begin(command);
    const number = this.state.commands;
    this.moment('middle');
    const result = await work(options);
    this.note({ type: 'ended', number, code: result.code });
    this.moment('middle');
    this.deps.signal.throwIfAborted();
    return result;
  }

  private begin(command: readonly string[]): Omit<CommandOptions, 'timeoutMs'> {
    const number = this.state.commands + 1;
    this.note({ type: 'command', step: this.step, number, command: command.map((word) => this.mask(word)) });
    return {
      environment: {
        ...this.deps.environment,
        ...Object.fromEntries(this.secrets),
        [commandVariable]: commandMark(this.id, number),
      },
      directory: this.file.directory,
      log: this.logPath,
      mask: (text) => this.mask(text),
      signal: this.deps.signal,
    };
  }

  private complaint(command: readonly string[], { code, tail, timedOut }: CommandResult): string {
    const how = timedOut
      ? 'took too long and was ended'
      : code === null
        ? 'did not end by itself'
        : `ended with ${code}`;
    const lines = tail
      .trimEnd()
      .split('\n')
      .slice(-shownLines)
      .filter((line) => line !== '');
    return this.mask([`${command.join(' ')} ${how}`, ...lines.map((line) => `  ${line}`)].join('\n'));
  }
}

/** Path of the log of a step. */
export function stepLog(stem: string, run: string, step: StepName): string {
  return join(runFiles(stem, run).logs, `${String(stepNumber(step)).padStart(2, '0')}-${step}.log`);
}

function withPassword(text: string, password: string | undefined): string {
  if (password === undefined) return text;
  const url = new URL(text);
  url.password = encodeURIComponent(password);
  return url.toString();
}

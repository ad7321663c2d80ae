import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CliError } from '../client/failures.ts';
import { runEntrySchema, type NewRunEntry, type RunEntry } from '../domain/recovery-runs/run-entry.ts';
import { afterEntry, runState, type RunState } from '../domain/recovery-runs/run-state.ts';
import type { Clock } from '../time/clock.ts';

const ending = '.jsonl';
const runPattern = /^\d{8}T\d{6}Z-[0-9a-f]{8}$/;

/** Paths of the files of a run, beside its plan. */
export function runFiles(stem: string, run: string) {
  return {
    journal: `${stem}.${run}${ending}`,
    logs: `${stem}.${run}.logs`,
    markdown: `${stem}.${run}.md`,
    json: `${stem}.${run}.json`,
  };
}

/** The journal of a run: one JSON a line, each on the disk before what it announces is done. For its owner alone. */
export class RunJournal {
  readonly run: string;
  private readonly file: number;
  private readonly clock: Clock;
  private read: RunEntry[];
  private current: RunState;

  private constructor(run: string, file: number, clock: Clock, entries: RunEntry[]) {
    this.run = run;
    this.file = file;
    this.clock = clock;
    this.read = entries;
    this.current = runState(entries);
  }

  /** Begins the journal of a new run. */
  static begin(stem: string, clock: Clock, begun: Extract<NewRunEntry, { type: 'begun' }>): RunJournal {
    const path = runFiles(stem, begun.run).journal;
    const file = openSync(path, 'ax', 0o600);
    const entry: RunEntry = { at: clock.now().toISOString(), ...begun };
    write(file, entry);
    syncDirectory(dirname(path));
    return new RunJournal(begun.run, file, clock, [entry]);
  }

  /** Opens a journal to go on with it. A last line that a killed process left half-written was never acted on, and goes. */
  static open(stem: string, run: string, clock: Clock): RunJournal {
    const path = runFiles(stem, run).journal;
    const bytes = readFileSync(path);
    const whole = bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1);
    const entries = entriesIn(path, whole.toString());
    const file = openSync(path, 'r+');
    ftruncateSync(file, whole.length);
    closeSync(file);
    return new RunJournal(run, openSync(path, 'a'), clock, entries);
  }

  get entries(): readonly RunEntry[] {
    return this.read;
  }

  get state(): RunState {
    return this.current;
  }

  /** Writes an entry; it is on the disk when this returns. */
  note(entry: NewRunEntry): void {
    const timed: RunEntry = { at: this.clock.now().toISOString(), ...entry };
    write(this.file, timed);
    this.read = [...this.read, timed];
    this.current = afterEntry(this.current, timed);
  }

  close(): void {
    closeSync(this.file);
  }
}

/** Names of the runs of a plan, oldest first. */
export async function runsOf(stem: string): Promise<string[]> {
  const prefix = `${basename(stem)}.`;
  return (await readdir(dirname(stem)))
    .filter((name) => name.startsWith(prefix) && name.endsWith(ending))
    .map((name) => name.slice(prefix.length, -ending.length))
    .filter((run) => runPattern.test(run) && existsSync(join(dirname(stem), `${prefix}${run}${ending}`)))
    .toSorted();
}

/** Reads the journal of a run that may be under way. @param run the newest if it is not given. @throws CliError if there is none */
export async function readRun(
  stem: string,
  run?: string,
): Promise<{ run: string; entries: RunEntry[]; state: RunState }> {
  const newest = run ?? (await runsOf(stem)).at(-1);
  if (newest === undefined) throw new CliError(`no run of this plan was begun: there is no ${stem}.RUN${ending}`);
  const path = runFiles(stem, newest).journal;
  const text = await readFile(path, 'utf8');
  const entries = entriesIn(path, text.slice(0, text.lastIndexOf('\n') + 1));
  return { run: newest, entries, state: runState(entries) };
}

function entriesIn(path: string, text: string): RunEntry[] {
  const entries = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line, index) => {
      try {
        return runEntrySchema.parse(JSON.parse(line));
      } catch (error) {
        throw new CliError(`${path}, line ${index + 1}: this is not a line of the journal of a run`, 1, {
          cause: error,
        });
      }
    });
  if (entries[0]?.type !== 'begun')
    throw new CliError(`${path}: the journal does not begin with the beginning of a run`);
  return entries;
}

function write(file: number, entry: RunEntry): void {
  writeSync(file, `${JSON.stringify(entry)}\n`);
  fsyncSync(file);
}

/** A new name is on the disk only when its directory is. */
function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

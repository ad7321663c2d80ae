import type { ChosenBackup, RunEntry } from './run-entry.ts';
import { stepNames, type StepName } from './run-steps.ts';

type Begun = Extract<RunEntry, { type: 'begun' }>;

/** State of a run, as its journal tells it. */
export type RunState = {
  readonly begun: Begun;
  /** Steps that are done, and when. */
  readonly done: ReadonlyMap<StepName, { readonly at: string; readonly already: boolean }>;
  /** Times that a step was begun. */
  readonly attempts: ReadonlyMap<StepName, number>;
  readonly backup: ChosenBackup | undefined;
  readonly forecast: string | undefined;
  /** Saved values by item of the plan. */
  readonly saved: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Items that the run began to suspend, and has not resumed. */
  readonly suspended: ReadonlySet<string>;
  readonly started: ReadonlySet<string>;
  /** Databases that were made for attempts. */
  readonly databases: readonly string[];
  /** Database that an external restore left, which has run to its end. */
  readonly ran: boolean;
  readonly restored: { readonly database: string; readonly oid: string } | undefined;
  readonly declared: { readonly restore: string; readonly devices: number } | undefined;
  readonly swapped: { readonly replaced: string | null } | undefined;
  readonly mustered: { readonly answered: number; readonly total: number; readonly waited: boolean } | undefined;
  /** Commands that were begun and whose end is not known, by number. */
  readonly running: ReadonlySet<number>;
  /** Highest number of a command. */
  readonly commands: number;
  /** The last failure, unless the step has been done since. */
  readonly failure: { readonly step: StepName; readonly at: string; readonly message: string } | undefined;
  readonly abandoning: boolean;
  readonly outcome: 'completed' | 'abandoned' | undefined;
  readonly endedAt: string | undefined;
};

/** Tells the state of a run from the lines of its journal. Pure. @throws Error if it does not begin with its beginning */
export function runState(entries: readonly RunEntry[]): RunState {
  const [begun, ...rest] = entries;
  if (begun?.type !== 'begun') throw new Error('the journal does not begin with the beginning of a run');
  return rest.reduce(afterEntry, {
    begun,
    done: new Map(),
    attempts: new Map(),
    backup: undefined,
    forecast: undefined,
    saved: new Map(),
    suspended: new Set(),
    started: new Set(),
    databases: [],
    ran: false,
    restored: undefined,
    declared: undefined,
    swapped: undefined,
    mustered: undefined,
    running: new Set(),
    commands: 0,
    failure: undefined,
    abandoning: false,
    outcome: undefined,
    endedAt: undefined,
  });
}

/** The state after one more entry. */
export function afterEntry(state: RunState, entry: RunEntry): RunState {
  switch (entry.type) {
    case 'begun':
    case 'resumed':
      return state;
    case 'chosen':
      return { ...state, backup: entry.backup };
    case 'forecast':
      return { ...state, forecast: entry.text };
    case 'saved':
      return { ...state, saved: new Map(state.saved).set(entry.item, entry.values) };
    case 'suspending':
      return { ...state, suspended: new Set(state.suspended).add(entry.item) };
    case 'unsuspended':
      return { ...state, suspended: new Set([...state.suspended].filter((item) => item !== entry.item)) };
    case 'started':
      return { ...state, started: new Set(state.started).add(entry.item) };
    case 'creating':
      return { ...state, databases: [...state.databases, entry.database] };
    case 'ran':
      return { ...state, ran: true };
    case 'restored':
      return { ...state, restored: { database: entry.database, oid: entry.oid } };
    case 'declared':
      return { ...state, declared: { restore: entry.restore, devices: entry.devices } };
    case 'swapped':
      return { ...state, swapped: { replaced: entry.replaced } };
    case 'mustered':
      return { ...state, mustered: { answered: entry.answered, total: entry.total, waited: entry.waited } };
    case 'command':
      return { ...state, commands: entry.number, running: new Set(state.running).add(entry.number) };
    case 'ended':
      return { ...state, running: new Set([...state.running].filter((number) => number !== entry.number)) };
    case 'intent':
      return { ...state, attempts: new Map(state.attempts).set(entry.step, (state.attempts.get(entry.step) ?? 0) + 1) };
    case 'done':
      return {
        ...state,
        done: new Map(state.done).set(entry.step, { at: entry.at, already: entry.already }),
        failure: state.failure?.step === entry.step ? undefined : state.failure,
      };
    case 'failed':
      return { ...state, failure: { step: entry.step, at: entry.at, message: entry.message } };
    case 'abandoning':
      return { ...state, abandoning: true };
    case 'finished':
      return { ...state, outcome: entry.outcome, endedAt: entry.at };
    default:
      return entry satisfies never;
  }
}

/** The first step that is not done. */
export function nextStep({ done }: RunState): StepName | undefined {
  return stepNames.find((name) => !done.has(name));
}

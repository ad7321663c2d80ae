import { duration } from '../recovery/restore-report-markdown.ts';
import type { RestorePlan } from './restore-plan.ts';
import type { ChosenBackup, RunEntry } from './run-entry.ts';
import { runState } from './run-state.ts';
import { stepNames, type StepName } from './run-steps.ts';

/** An objective of the plan, and what it came to. */
export type Outcome = {
  readonly seconds: number | null;
  readonly objectiveSeconds: number | null;
  /** Null where there is no objective, or nothing to compare with it. */
  readonly met: boolean | null;
};

export type RecordedStep = {
  readonly name: StepName;
  readonly state: 'done' | 'already so' | 'stopped' | 'not reached';
  /** Times that it was begun. */
  readonly attempts: number;
  readonly begunAt: string | null;
  readonly endedAt: string | null;
  readonly failures: readonly { readonly at: string; readonly message: string }[];
};

/** Record of a run, for the file of an incident (recovery.md, "A run"). */
export type RunRecord = {
  readonly apiVersion: 'muster/v1';
  readonly kind: 'RestoreRunRecord';
  readonly run: string;
  readonly plan: string;
  readonly outcome: 'completed' | 'abandoned' | 'not finished';
  readonly operators: readonly string[];
  readonly reason: string;
  readonly database: { readonly name: string; readonly server: string; readonly replaced: string | null };
  readonly backup: ChosenBackup | null;
  readonly forecast: string | null;
  readonly restore: string | null;
  readonly begunAt: string;
  readonly endedAt: string | null;
  /** Time of the loss; the beginning of the run where nobody said. */
  readonly lostAt: string;
  readonly lostAtGiven: boolean;
  readonly recoveryPoint: Outcome;
  readonly recoveryTime: Outcome;
  readonly muster: {
    readonly answered: number;
    readonly total: number;
    readonly percent: number | null;
    readonly waited: boolean;
    readonly objective: { readonly percent: number; readonly withinSeconds: number } | null;
    readonly met: boolean | null;
  } | null;
  readonly steps: readonly RecordedStep[];
  readonly commands: readonly {
    readonly at: string;
    readonly step: StepName;
    readonly command: readonly string[];
    /** Null where it was ended by a signal, or its end is not known. */
    readonly code: number | null;
  }[];
  readonly contacts: Readonly<Record<string, string>>;
};

/** Makes the record of a run from its journal. Pure. */
export function runRecord(entries: readonly RunEntry[], plan: RestorePlan): RunRecord {
  const state = runState(entries);
  const { begun } = state;
  const lostAt = begun.lostAt ?? begun.at;
  const healthyAt = state.done.get('health')?.at;
  const takenAt = state.backup?.takenAt;
  return {
    apiVersion: 'muster/v1',
    kind: 'RestoreRunRecord',
    run: begun.run,
    plan: begun.plan,
    outcome: state.outcome ?? 'not finished',
    operators: [...new Set(entries.flatMap((entry) => ('operator' in entry ? [entry.operator] : [])))],
    reason: begun.reason,
    database: { name: begun.database, server: begun.admin, replaced: state.swapped?.replaced ?? null },
    backup: state.backup ?? null,
    forecast: state.forecast ?? null,
    restore: state.declared?.restore ?? null,
    begunAt: begun.at,
    endedAt: state.endedAt ?? null,
    lostAt,
    lostAtGiven: begun.lostAt !== null,
    recoveryPoint: compared(takenAt, lostAt, plan.objectives.rpo),
    recoveryTime: compared(lostAt, healthyAt, plan.objectives.rto),
    muster: musterOf(entries, plan),
    steps: stepNames.map((name) => recordedStep(name, entries)),
    commands: entries.flatMap((entry) => {
      if (entry.type !== 'command') return [];
      const end = entries.find((other) => other.type === 'ended' && other.number === entry.number);
      return [
        { at: entry.at, step: entry.step, command: entry.command, code: end?.type === 'ended' ? end.code : null },
      ];
    }),
    contacts: plan.contacts,
  };
}

function compared(from: string | undefined, to: string | undefined, objectiveMs: number | undefined): Outcome {
  const objectiveSeconds = objectiveMs === undefined ? null : objectiveMs / 1_000;
  if (from === undefined || to === undefined) return { seconds: null, objectiveSeconds, met: null };
  const seconds = Math.max(0, Date.parse(to) - Date.parse(from)) / 1_000;
  return { seconds, objectiveSeconds, met: objectiveSeconds === null ? null : seconds <= objectiveSeconds };
}

function musterOf(entries: readonly RunEntry[], { objectives: { answered: objective } }: RestorePlan) {
  const last = entries.findLast((entry) => entry.type === 'mustered');
  if (last?.type !== 'mustered') return null;
  const { answered, total, waited } = last;
  const percent = total === 0 ? null : Math.floor((answered / total) * 100);
  return {
    answered,
    total,
    percent,
    waited,
    objective: objective === undefined ? null : { percent: objective.percent, withinSeconds: objective.within / 1_000 },
    met: objective === undefined || !waited ? null : (percent ?? 100) >= objective.percent,
  };
}

function recordedStep(name: StepName, entries: readonly RunEntry[]): RecordedStep {
  const own = entries.filter((entry) => 'step' in entry && entry.step === name);
  const done = own.findLast((entry) => entry.type === 'done');
  const failures = own.flatMap((entry) => (entry.type === 'failed' ? [{ at: entry.at, message: entry.message }] : []));
  const isAlready = done?.type === 'done' && done.already && own.every(({ type }) => type !== 'intent');
  return {
    name,
    state: done === undefined ? (own.length === 0 ? 'not reached' : 'stopped') : isAlready ? 'already so' : 'done',
    attempts: own.filter(({ type }) => type === 'intent').length,
    begunAt: own[0]?.at ?? null,
    endedAt: done?.at ?? failures.at(-1)?.at ?? null,
    failures,
  };
}

/** Says of an objective what it came to: `2 h 5 min, met (at most 24 h)`. */
export function outcomeText({ seconds, objectiveSeconds, met }: Outcome): string {
  const found = seconds === null ? 'not known' : duration(seconds);
  if (objectiveSeconds === null) return `${found}, without an objective`;
  const objective = `at most ${duration(objectiveSeconds)}`;
  return met === null ? `${found} (${objective})` : `${found}, ${met ? 'met' : 'missed'} (${objective})`;
}

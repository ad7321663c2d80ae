import type { Condition } from '../resources/condition.ts';

/** Devices of a fleet whose template cannot be filled in, or whose spec cannot be rendered. */
export type FleetProblems = {
  readonly count: number;
  /** The first of them by name, each with its reason. */
  readonly first: ReadonlyArray<{ readonly name: string; readonly problem: string }>;
  /** Time since which a spec of one of them cannot be rendered; null if only templates cannot be filled in. */
  readonly since: Date | null;
};

/** Most devices that a message about a fleet's problems names. */
export const namedProblems = 5;

/** The condition `Valid` of a fleet: true if every device of it can be given the template. */
export function validCondition(
  problems: FleetProblems | undefined,
  { generation, changedAt }: { generation: number; changedAt: Date },
): Condition {
  return {
    type: 'Valid',
    status: problems === undefined ? 'True' : 'False',
    observedGeneration: generation,
    lastTransitionTime: (problems?.since ?? changedAt).toISOString(),
    reason: problems === undefined ? 'Valid' : 'Invalid',
    message: problems === undefined ? '' : `${problemsInBrief(problems)}.`,
  };
}

/** `2 devices keep the spec they had: a (label x is not set), b (…)`. */
export function problemsInBrief({ count, first }: FleetProblems): string {
  const who = count === 1 ? '1 device keeps the spec it had' : `${count} devices keep the spec they had`;
  const told = first.map(({ name, problem }) => `${name} (${problem})`).join(', ');
  return `${who}: ${told}${count > first.length ? `, and ${count - first.length} more` : ''}`;
}

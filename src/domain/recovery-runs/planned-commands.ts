import { filledCommand, type PlaceholderValues } from './placeholders.ts';
import type { RestorePlan } from './restore-plan.ts';
import type { StepName } from './run-steps.ts';

/** A command that a run makes, in the order in which it makes them. */
export type PlannedCommand = { readonly step: StepName; readonly command: readonly string[] };

/**
 * Lists the commands of a run: each once, also where a run asks until the answer is yes. Those of `secrets` are not among them:
 * they are asked for whenever the run goes on.
 *
 * @param saved values by item of the plan
 */
export function plannedCommands(
  { background, suspend, stop, database, health }: RestorePlan,
  values: Omit<PlaceholderValues, 'saved'>,
  saved: ReadonlyMap<string, Readonly<Record<string, string>>>,
): PlannedCommand[] {
  const { restore } = database;
  const planned: [StepName, readonly (readonly string[] | undefined)[]][] = [
    ['preflight', background.flatMap(({ run, ready }) => [run, ready])],
    ['preflight', stop.map(({ save, until }) => (Object.keys(save).length > 0 ? until : undefined))],
    ['preflight', restore.method === 'external' ? [restore.probe] : []],
    ['artifact', restore.method === 'external' && typeof restore.takenAt !== 'string' ? [restore.takenAt] : []],
    ['suspend', suspend.flatMap(({ run, until }) => [until, run, until])],
    ['stop', stop.flatMap(({ save, run, until }) => [...Object.values(save), run, until])],
    ['restore', restore.method === 'external' ? [restore.run, restore.until] : []],
    ['health', health.map((check) => ('run' in check ? check.run : undefined))],
    ['resume', suspend.toReversed().map(({ undo }) => undo)],
  ];
  const reversed = stop.toReversed();
  const starting = [
    ...reversed.flatMap(({ name, undo, healthy }) => [undo, healthy].map((command) => ({ name, command }))),
    // Once more after a while.
    ...reversed.map(({ name, healthy: command }) => ({ name, command })),
  ].flatMap(({ name, command }) =>
    command === undefined
      ? []
      : [{ step: 'start' as const, command: filledCommand(command, { ...values, saved: saved.get(name) ?? {} }) }],
  );
  const all = planned.flatMap(([step, commands]) =>
    commands.flatMap((command) => (command === undefined ? [] : [{ step, command: filledCommand(command, values) }])),
  );
  const after = all.findIndex(({ step }) => step === 'health' || step === 'resume');
  return after === -1 ? [...all, ...starting] : [...all.slice(0, after), ...starting, ...all.slice(after)];
}

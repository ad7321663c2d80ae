import type { RestorePlan } from '../../domain/recovery-runs/restore-plan.ts';
import type { ActiveRun } from '../active-run.ts';
import type { StepWork } from './step-work.ts';

const defaultWithinMs = 5 * 60_000;

/** Step 4: how the services ran is saved, and they are stopped. */
export const stop: StepWork = {
  async observe(run) {
    // At first there is nothing to look at: what runs has to be saved in any case.
    if (run.state.attempts.get('stop') === undefined) return false;
    for (const { name, until } of run.plan.stop) {
      if (!run.state.saved.has(name) || !(await run.succeeds(until))) return false;
    }
    return true;
  },
  async act(run) {
    for (const item of run.plan.stop) {
      await save(run, item);
      await run.command(item.run);
      await run.until(item.until, { withinMs: item.within ?? defaultWithinMs, what: `the stop of ${item.name}` });
    }
  },
};

/** Saves how a service runs, once: after it was stopped nobody knows any more. */
async function save(
  run: ActiveRun,
  { name, save: commands, otherwise, until }: RestorePlan['stop'][number],
): Promise<void> {
  if (run.state.saved.has(name)) return;
  const values: Record<string, string> = {};
  const isStopped = Object.keys(otherwise).length > 0 && (await run.succeeds(until));
  for (const [key, command] of Object.entries(commands)) {
    const given = otherwise[key];
    values[key] = isStopped && given !== undefined ? given : (await run.command(command)).stdout.trim();
    if (values[key] === '')
      throw new Error(`${command.join(' ')} printed nothing, so that ${name} could not be started again`);
  }
  run.note({ type: 'saved', item: name, values });
}

import type { ActiveRun } from '../active-run.ts';
import type { StepWork } from './step-work.ts';

/** Step 12: what the run suspended is resumed, and nothing else. */
export const resume: StepWork = {
  observe: async ({ state }) => state.suspended.size === 0,
  act: resumeSuspended,
};

/** Resumes what the run suspended, the last first. */
export async function resumeSuspended(run: ActiveRun): Promise<void> {
  for (const { name, undo } of run.plan.suspend.toReversed()) {
    if (!run.state.suspended.has(name)) continue;
    await run.command(undo);
    run.note({ type: 'unsuspended', item: name });
  }
}

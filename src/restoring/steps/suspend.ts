import type { StepWork } from './step-work.ts';

const defaultWithinMs = 2 * 60_000;

/** Step 3: what would bring the services back is suspended. What others have suspended is left to them. */
export const suspend: StepWork = {
  observe: async ({ plan }) => plan.suspend.length === 0,
  async act(run) {
    for (const { name, run: command, until, within } of run.plan.suspend) {
      if (!run.state.suspended.has(name)) {
        if (until !== undefined && (await run.succeeds(until))) {
          run.say(`${name} was suspended before; the run leaves it so`);
          continue;
        }
        // Noted before: what was begun is undone even if nobody knows how far it came.
        run.note({ type: 'suspending', item: name });
      }
      await run.command(command);
      if (until !== undefined)
        await run.until(until, { withinMs: within ?? defaultWithinMs, what: `the suspension of ${name}` });
    }
  },
};

import { setTimeout as sleep } from 'node:timers/promises';
import type { StepWork } from './step-work.ts';

const defaultWithinMs = 5 * 60_000;

/** Step 10: the services are started as they ran before, what was stopped last first. */
export const start: StepWork = {
  observe: async ({ state }) => state.done.has('start'),
  async act(run) {
    const reversed = run.plan.stop.toReversed();
    for (const { name, undo, healthy, healthyWithin, run: stopping } of reversed) {
      if (!run.state.started.has(name)) {
        await run.command(undo, { item: name });
        run.note({ type: 'started', item: name });
      }
      if (healthy === undefined) continue;
      await run
        .until(healthy, { item: name, withinMs: healthyWithin ?? defaultWithinMs, what: `the health of ${name}` })
        .catch((error: unknown) => {
          run.say(`to keep ${name} down: ${stopping.join(' ')}`);
          throw error;
        });
    }
    const watched = reversed.filter(({ healthy }) => healthy !== undefined);
    if (watched.length > 0) await sleep(run.deps.stableMs, undefined, { signal: run.deps.signal });
    for (const { name, healthy } of watched) {
      if (healthy !== undefined) await run.command(healthy, { item: name });
    }
  },
};

import { setTimeout as sleep } from 'node:timers/promises';
import { lookAt } from '../../db/server/restored-contents.ts';
import { rootCause } from '../../logging/root-cause.ts';
import type { ActiveRun } from '../active-run.ts';
import type { StepWork } from './step-work.ts';

const defaultWithinMs = 3 * 60_000;
const requestTimeoutMs = 10_000;

/** Step 11: the service serves, and the restore that it serves is the one of this run. */
export const health: StepWork = {
  observe: async ({ state }) => state.done.has('health'),
  async act(run) {
    for (const check of run.plan.health) {
      const withinMs = check.within ?? defaultWithinMs;
      if ('run' in check) await run.until(check.run, { withinMs, what: 'a check of health' });
      else await untilAnswered(run, check.http, check.expect, withinMs);
    }
    const declared = run.state.declared?.restore;
    const found = await lookAt(run.server.urlOf(run.plan.database.name), (look) => look.lineage());
    if (found?.current !== declared)
      throw new Error(
        `the current restore is ${found?.current ?? 'none'}, not that of this run, ${declared ?? 'none'}`,
      );
  },
};

async function untilAnswered(run: ActiveRun, url: string, expected: number, withinMs: number): Promise<void> {
  const until = performance.now() + withinMs;
  for (;;) {
    const found = await answerOf(url, run.deps.signal);
    if (found === String(expected)) return;
    if (performance.now() > until) throw new Error(`${url} answered ${found}, expected ${expected}`);
    await sleep(run.deps.pollMs, undefined, { signal: run.deps.signal });
  }
}

async function answerOf(url: string, signal: AbortSignal): Promise<string> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]);
    const response = await fetch(url, { signal: limit, redirect: 'manual' });
    await response.body?.cancel();
    return String(response.status);
  } catch (error) {
    signal.throwIfAborted();
    return `nothing (${rootCause(error)})`;
  }
}

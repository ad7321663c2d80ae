/**
 * The steps of an actor, one at a time; it yields a condition where it has to wait for one to end. It does nothing before
 * its first yield.
 */
export type Steps = Generator<(() => boolean) | undefined, void>;

type Running = { readonly steps: Steps; blockedBy: (() => boolean) | undefined; done: boolean };

/**
 * Runs actors in every order in which their steps can come, each time in a world of its own.
 *
 * @param begin makes a world and the actors in it; must do the same each time
 * @param ended looks at each world when all have ended, and at the order in which they took their steps
 * @returns how many orders there are
 * @throws Error if some wait in a circle
 */
export function everySchedule<World>(
  begin: () => { world: World; actors: readonly Steps[] },
  ended: (world: World, schedule: readonly number[]) => void,
): number {
  let count = 0;
  /** At each step: which of the actors that could go on did. */
  let choices: number[] = [];
  for (;;) {
    const { world, actors } = begin();
    const running = actors.map((steps): Running => ({ steps, blockedBy: undefined, done: false }));
    for (const actor of running) step(actor);
    const widths: number[] = [];
    const schedule: number[] = [];
    while (running.some(({ done }) => !done)) {
      const ready = running.flatMap((actor, index) => (isReady(actor) ? [index] : []));
      const chosen = ready[choices[widths.length] ?? 0];
      if (chosen === undefined) throw new Error(`all wait for one another after ${schedule.join(',')}`);
      widths.push(ready.length);
      schedule.push(chosen);
      step(running[chosen]);
    }
    count += 1;
    ended(world, schedule);
    const taken = widths.map((_, at) => choices[at] ?? 0);
    const last = taken.findLastIndex((choice, at) => choice + 1 < (widths[at] ?? 0));
    if (last === -1) return count;
    choices = [...taken.slice(0, last), (taken[last] ?? 0) + 1];
  }
}

function isReady({ done, blockedBy }: Running): boolean {
  return !done && (blockedBy === undefined || !blockedBy());
}

function step(actor: Running | undefined): void {
  if (actor === undefined) return;
  const { done, value } = actor.steps.next();
  actor.done = done === true;
  actor.blockedBy = done === true ? undefined : value;
}

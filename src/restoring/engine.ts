import { CliError, exitCodes } from '../client/failures.ts';
import { rootCause } from '../logging/root-cause.ts';
import { runSteps, stepNames, stepNumber, type StepName } from '../domain/recovery-runs/run-steps.ts';
import type { ActiveRun } from './active-run.ts';
import { endLeftovers, commandMark } from './leftover-processes.ts';
import { allSteps } from './steps/all-steps.ts';

/** Steps that are looked at again until the databases are swapped: others may have undone them meanwhile. */
const lookedAtAgain: ReadonlySet<StepName> = new Set(['preflight', 'stop', 'fence']);

/** Steps whose outcome is looked at once more after the act: the database shows it. What commands did, their `until` shows. */
const shownByWorld: ReadonlySet<StepName> = new Set(['fence', 'restore', 'declare', 'swap']);

/**
 * Carries a run to its end, from where its journal says it is: each step is observe → already so? done → intent → act → observe.
 *
 * @throws CliError 6 where a step fails: nothing is started and nothing undone then
 */
export async function carryOut(run: ActiveRun): Promise<void> {
  const resumed = run.state.attempts.size > 0;
  try {
    await endLeftovers(new Set([...run.state.running].map((number) => commandMark(run.id, number))));
    for (const name of stepNames) {
      const isDone = run.state.done.has(name);
      const isAgain = lookedAtAgain.has(name) && (name === 'preflight' || run.state.swapped === undefined);
      if (!isDone || (resumed && isAgain)) await takeStep(run, name, isDone);
    }
    run.note({ type: 'finished', outcome: 'completed' });
  } finally {
    await run.close();
  }
}

async function takeStep(run: ActiveRun, name: StepName, isDone: boolean): Promise<void> {
  run.step = name;
  const title = `[${String(stepNumber(name)).padStart(2)}/${stepNames.length}] ${name}`;
  const { observe, act } = allSteps[name];
  try {
    run.deps.signal.throwIfAborted();
    run.moment('before intent');
    if (await observe(run)) {
      run.say(`${title.padEnd(18)} already so`);
      if (!isDone) run.note({ type: 'done', step: name, already: true });
      return;
    }
    run.note({ type: 'intent', step: name });
    run.moment('after intent');
    run.say(`${title.padEnd(18)} ${runSteps[name].about}`);
    await act(run);
    run.moment('after act');
    if (shownByWorld.has(name) && !(await observe(run)))
      throw new Error(`the step was done, and what it is checked by is still not so: ${runSteps[name].checked}`);
    run.note({ type: 'done', step: name, already: false });
  } catch (error) {
    const message = run.deps.signal.aborted ? 'the run was interrupted' : run.mask(rootCause(error));
    run.note({ type: 'failed', step: name, message });
    run.log(`failed: ${message}`);
    throw new CliError(failureText(run, name, message), exitCodes.canResume, { cause: error });
  }
}

function failureText({ plan, state }: ActiveRun, name: StepName, message: string): string {
  const contacts = Object.entries(plan.contacts).map(([what, who]) => `${what}: ${who}`);
  return [
    `step ${stepNumber(name)}, ${name}: ${message}`,
    runSteps[name].printed,
    state.swapped === undefined
      ? 'Nothing was started and nothing undone: devices keep running what they run. Run the plan again to go on, or go back with muster restore abandon.'
      : 'Run the plan again to go on.',
    ...(contacts.length === 0 ? [] : [`Contacts: ${contacts.join(', ')}`]),
  ].join('\n');
}

import { hostname, userInfo } from 'node:os';
import { inheritedEnvironment } from '../../config/config.ts';
import type { RunDeps } from '../../restoring/active-run.ts';
import type { Progress } from '../../terminal/progress.ts';
import { canAsk, confirm, note } from '../../terminal/terminal.ts';
import { UsageError } from '../../client/failures.ts';
import { systemClock } from '../../time/clock.ts';

const stableMs = 10_000;
const pollMs = 1_000;

/** Makes what a run needs of this process. @param progress is stopped by who made it */
export function runDeps(signal: AbortSignal, { wait, progress }: { wait: boolean; progress: Progress }): RunDeps {
  return {
    clock: systemClock,
    environment: inheritedEnvironment(),
    operator: `${userInfo().username}@${hostname()}`,
    say: note,
    progress: (answered, total, about) => progress.update(answered, total, about),
    signal,
    wait,
    stableMs,
    pollMs,
  };
}

/** Asks the operator to confirm. @throws UsageError where nobody can be asked and nobody has said yes */
export async function requireConsent(question: string, yes: boolean): Promise<boolean> {
  if (yes) return true;
  if (!canAsk()) throw new UsageError('there is nobody to ask at a terminal: confirm with --yes');
  return await confirm(question);
}

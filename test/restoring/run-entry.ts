import { CliError } from '../../src/client/failures.ts';
import { abandonRun } from '../../src/restoring/abandon-run.ts';
import type { RunDeps } from '../../src/restoring/active-run.ts';
import { carryOut } from '../../src/restoring/engine.ts';
import { openRun, reopenRun, unfinishedRun, withPlanLock } from '../../src/restoring/open-run.ts';
import { readPlan } from '../../src/restoring/read-plan.ts';
import { systemClock } from '../../src/time/clock.ts';

// The entry of a process that works on a run as `muster restore run` does, and is killed at a moment that a test names.

const { RUN_KILL: kill = '', RUN_DO: what, RUN_BACKUP: backup } = process.env;
const seen = new Map<string, number>();

const deps: RunDeps = {
  clock: systemClock,
  environment: process.env,
  operator: 'ann',
  say: (text) => process.stderr.write(`${text}\n`),
  progress: (answered, total) => process.stderr.write(`muster ${answered}/${total}\n`),
  signal: new AbortController().signal,
  wait: true,
  stableMs: 50,
  pollMs: 50,
  onMoment(step, moment) {
    const name = `${step}/${moment}`;
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    if (kill === name || kill === `${name}/${times}`) process.kill(process.pid, 'SIGKILL');
  },
};

try {
  const file = await readPlan(process.argv[2] ?? '');
  await withPlanLock(file, async () => {
    if (what === 'abandon') {
      const run = await reopenRun(file, deps);
      if (run === undefined) throw new CliError('there is nothing to abandon');
      await abandonRun(run);
      return;
    }
    const isNew = (await unfinishedRun(file)) === undefined;
    const reason = isNew ? 'INC-1' : undefined;
    await carryOut(
      await openRun(file, { reason, backup: isNew && backup ? backup : undefined, lostAt: undefined }, deps),
    );
  });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof CliError ? error.exitCode : 70;
}

import { setTimeout as sleep } from 'node:timers/promises';
import { connectDatabase } from '../../db/client.ts';
import type { Restore } from '../../domain/resources/restore.ts';
import { readRestore } from '../../usecases/read-restores.ts';
import type { ActiveRun } from '../active-run.ts';
import type { StepWork } from './step-work.ts';

/** Step 13: the share of the devices that the plan demands has answered. */
export const muster: StepWork = {
  observe: async ({ state }) => state.mustered !== undefined,
  async act(run) {
    const { plan, server } = run;
    const objective = plan.objectives.answered;
    const url = server.urlOf(plan.database.name, plan.database.owner);
    const database = connectDatabase(url, { poolSize: 1, applicationName: 'muster restore' });
    try {
      const look = () => readRestore({ database }, run.state.declared?.restore ?? 'current');
      const waits = objective !== undefined && run.deps.wait;
      const restore = waits ? await untilAnswered(run, look, objective) : await look();
      const { answered } = restore.status.devices;
      run.note({ type: 'mustered', answered, total: totalOf(restore), waited: waits });
    } finally {
      await database.close();
    }
  },
};

async function untilAnswered(
  run: ActiveRun,
  look: () => Promise<Restore>,
  { percent, within }: { percent: number; within: number },
): Promise<Restore> {
  for (;;) {
    const restore = await look();
    const total = totalOf(restore);
    const { answered } = restore.status.devices;
    run.deps.progress(answered, total, `answered; the objective is ${percent} %`);
    if (answered * 100 >= total * percent) return restore;
    const late = run.deps.clock.now().getTime() - Date.parse(restore.metadata.creationTimestamp);
    if (late > within)
      throw new Error(
        `the muster is stalled: ${answered} of ${total} devices have answered ${Math.round(late / 1_000)} s after the declaration, and ${percent} % should have within ${within / 1_000} s`,
      );
    await sleep(run.deps.pollMs, undefined, { signal: run.deps.signal });
  }
}

function totalOf({ status: { devices } }: Restore): number {
  return devices.total;
}

import { rootCause } from '../../logging/root-cause.ts';
import type { ActiveRun } from '../active-run.ts';
import { endSessions } from './fence.ts';
import type { StepWork } from './step-work.ts';

/** Step 9: the new database gets the name of the old one, in one transaction. */
export const swap: StepWork = {
  async observe(run) {
    const { server, plan, state } = run;
    const live = await server.find(plan.database.name);
    if (state.restored === undefined || live?.oid !== state.restored.oid) return false;
    if (state.swapped === undefined) {
      const aside = run.databaseNamed('replaced');
      run.note({ type: 'swapped', replaced: (await server.find(aside)) === undefined ? null : aside });
    }
    return true;
  },
  async act(run) {
    const { server, plan, state } = run;
    const { name } = plan.database;
    const fresh = state.restored?.database ?? '';
    const live = await server.find(name);
    await endSessions(run, fresh);
    if (live === undefined) return await withSessions(run, [fresh], () => server.rename(fresh, name));
    await server.allowConnections(name, false);
    await endSessions(run, name);
    run.moment('middle');
    await withSessions(run, [name, fresh], () => server.swap(fresh, name, run.databaseNamed('replaced')));
  },
};

/** Names who is connected where a database cannot be renamed. */
async function withSessions({ server }: ActiveRun, names: readonly string[], work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const sessions = (await Promise.all(names.map((name) => server.sessions(name)))).flat();
    throw new Error([rootCause(error), ...sessions].join('\n  '), { cause: error });
  }
}

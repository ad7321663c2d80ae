import { rootCause } from '../../logging/root-cause.ts';
import type { ActiveRun } from '../active-run.ts';
import type { StepWork } from './step-work.ts';

/** Step 5: nobody connects to the database any more, whatever brings a service back. */
export const fence: StepWork = {
  async observe(run) {
    const { name } = run.plan.database;
    const live = await liveDatabase(run);
    // It has the name already where the run was killed after the swap, before it could note that.
    if (live === undefined || live.oid === run.state.restored?.oid) return true;
    return !live.allowsConnections && (await run.server.sessions(name)).length === 0;
  },
  async act(run) {
    const { name } = run.plan.database;
    await run.server.allowConnections(name, false);
    run.moment('middle');
    await endSessions(run, name);
  },
};

/** The database that has the name now. */
async function liveDatabase({ server, plan, deps }: ActiveRun) {
  try {
    return await server.find(plan.database.name);
  } catch (error) {
    deps.signal.throwIfAborted();
    // A server that an external restore is to bring back has nobody to keep out.
    if (plan.database.restore.method === 'external' && /ECONNREFUSED|ENOTFOUND/.test(rootCause(error)))
      return undefined;
    throw error;
  }
}

/** Ends all sessions in a database. @throws Error that names those that stay */
export async function endSessions({ server }: ActiveRun, name: string): Promise<void> {
  const left = await server.endSessions(name);
  if (left.length > 0) throw new Error([`${name} still has sessions:`, ...left].join('\n  '));
}

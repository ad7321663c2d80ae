import { PostgresPrograms } from '../../backups/postgres-programs.ts';
import { restoreBackup } from '../../backups/restore-backup.ts';
import { rootCause } from '../../logging/root-cause.ts';
import type { ActiveRun } from '../active-run.ts';
import { chosenBackup } from '../choose-backup.ts';
import { endSessions } from './fence.ts';
import type { StepWork } from './step-work.ts';

const externalTimeoutMs = 24 * 3_600_000;

/** Step 6: the backup is restored into a database of a name that no service knows. Each attempt has a name of its own. */
export const restore: StepWork = {
  async observe({ server, state: { restored } }) {
    return restored !== undefined && (await server.find(restored.database))?.oid === restored.oid;
  },
  async act(run) {
    const method = run.plan.database.restore;
    const database =
      method.method === 'dump' ? await restoreDump(run, method.jobs) : await restoreExternally(run, method);
    const found = await run.server.find(database);
    if (found === undefined) throw new Error(`the database ${database} is gone`);
    run.note({ type: 'restored', database, oid: found.oid });
  },
};

async function restoreDump(run: ActiveRun, jobs: number): Promise<string> {
  const { server, plan, state } = run;
  const { manifest, catalogue } = await chosenBackup(run);
  const { owner, tools } = plan.database;
  // A program of a killed attempt may still write to its database.
  for (const earlier of state.databases) await server.drop(earlier);
  const database = run.databaseNamed(`new${state.databases.length + 1}`);
  run.note({ type: 'creating', database });
  await server.create(database, owner);
  run.moment('middle');
  const programs = new PostgresPrograms(tools);
  run.log(`restoring ${manifest.files.dump.name} into ${database}`);
  await restoreBackup({ catalogue, programs }, manifest, { url: server.urlOf(database, owner), jobs });
  run.moment('middle');
  return database;
}

type External = Extract<ActiveRun['plan']['database']['restore'], { method: 'external' }>;

async function restoreExternally(run: ActiveRun, { run: command, until, within }: External): Promise<string> {
  const { name } = run.plan.database;
  const database = run.state.databases[0] ?? run.databaseNamed('new1');
  if (run.state.databases.length === 0) run.note({ type: 'creating', database });
  if (!run.state.ran) {
    await run.command(command, { timeoutMs: externalTimeoutMs });
    run.note({ type: 'ran', database });
  }
  await run.until(until, { withinMs: within ?? externalTimeoutMs, what: 'the restored database' });
  if ((await reachable(run, database)) !== undefined) return database;
  if ((await run.server.find(name)) === undefined) throw new Error(`the external restore left no database ${name}`);
  // Nobody finds it by its name until it is declared.
  await run.server.allowConnections(name, false);
  await endSessions(run, name);
  run.moment('middle');
  await run.server.rename(name, database);
  await run.server.allowConnections(database, true);
  return database;
}

/** A server that was just restored may have ended the connection to the one before it. */
async function reachable(run: ActiveRun, database: string) {
  return await run.server.find(database).catch(async (error: unknown) => {
    run.log(`asked again: ${rootCause(error)}`);
    return await run.server.find(database);
  });
}

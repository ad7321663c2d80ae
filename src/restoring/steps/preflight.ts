import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { PostgresPrograms } from '../../backups/postgres-programs.ts';
import { plannedCommands } from '../../domain/recovery-runs/planned-commands.ts';
import { rootCause } from '../../logging/root-cause.ts';
import type { ActiveRun } from '../active-run.ts';
import { chooseBackup } from '../choose-backup.ts';
import { readPlan } from '../read-plan.ts';
import { runCommand } from '../run-command.ts';
import { readRun } from '../run-journal.ts';
import { resolveSecrets } from '../secrets.ts';
import type { StepWork } from './step-work.ts';

const secretTimeoutMs = 60_000;
const readyWithinMs = 60_000;
/** Room that a restored database needs, compared with the one that is replaced. */
const room = 1.2;

/** Step 1: everything that is missing is found before anything is changed. */
export const preflight: StepWork = {
  observe: async ({ isReady }) => isReady,
  async act(run) {
    const missing = [...(await plansBefore(run)), ...(await prepare(run))];
    // What follows runs commands: without their programs each of them would be missing once more.
    if (missing.length === 0) {
      missing.push(...(await stoppedBefore(run)), ...(await probeOf(run)), ...(await serverOf(run)));
    }
    if (missing.length > 0) throw new Error(['something is missing:', ...missing].join('\n  '));
    run.isReady = true;
  },
};

/** Gets the secrets and starts what runs in the background. @returns what is missing for it */
export async function prepare(run: ActiveRun): Promise<string[]> {
  const missing = [...(await secretsOf(run)), ...(await programsOf(run))];
  return missing.length > 0 ? missing : await backgroundOf(run);
}

async function plansBefore({ file, plan }: ActiveRun): Promise<string[]> {
  const missing: string[] = [];
  for (const name of plan.after) {
    try {
      const { stem } = await readPlan(resolve(file.directory, name));
      const { state } = await readRun(stem);
      if (state.outcome !== 'completed') missing.push(`the newest run of ${name} is not completed`);
    } catch (error) {
      missing.push(`${name} comes before this plan: ${rootCause(error)}`);
    }
  }
  return missing;
}

async function secretsOf(run: ActiveRun): Promise<string[]> {
  const { plan, file, deps } = run;
  const { secrets, missing } = await resolveSecrets(plan.secrets, {
    environment: deps.environment,
    directory: file.directory,
    async output(command) {
      const result = await runCommand(command, {
        environment: deps.environment,
        directory: file.directory,
        timeoutMs: secretTimeoutMs,
        log: undefined,
        mask: (text) => text,
        signal: deps.signal,
      });
      // Not even what it said of its failure is shown: it may hold half of the secret.
      if (result.code !== 0) throw new Error(`${command.join(' ')} failed`);
      return result.stdout;
    },
  });
  run.useSecrets(secrets);
  const shown = plannedCommands(plan, {}, new Map()).flatMap(({ command }) => run.secretsIn(command));
  return [
    ...missing,
    ...[...new Set(shown)].map(
      (name) => `the secret ${name} stands in a command of the plan, where everybody can read it`,
    ),
  ];
}

async function programsOf({ plan, file, deps }: ActiveRun): Promise<string[]> {
  const commands = plannedCommands(plan, {}, new Map()).map(({ command }) => command[0] ?? '');
  const programs = new Set([...commands, ...plan.database.tools.slice(0, 1)]);
  const missing: string[] = [];
  for (const program of programs) {
    if (!(await isThere(program, file.directory, deps.environment['PATH'] ?? '')))
      missing.push(`${program} is not on the path, or cannot be run`);
  }
  return missing;
}

async function isThere(program: string, directory: string, path: string): Promise<boolean> {
  const places = program.includes('/')
    ? [isAbsolute(program) ? program : join(directory, program)]
    : path.split(delimiter).map((place) => join(place, program));
  for (const place of places) {
    const there = await access(place, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (there) return true;
  }
  return false;
}

async function backgroundOf(run: ActiveRun): Promise<string[]> {
  const missing: string[] = [];
  for (const { name, run: command, ready, within } of run.plan.background) {
    run.startBackground(command);
    if (ready === undefined) continue;
    await run
      .until(ready, { withinMs: within ?? readyWithinMs, what: `the background command ${name}` })
      .catch((error: unknown) => missing.push(rootCause(error)));
  }
  return missing;
}

/** Finds services that somebody stopped before the run. Their count would be saved as 0, so they would never start again. */
async function stoppedBefore(run: ActiveRun): Promise<string[]> {
  const missing: string[] = [];
  for (const { name, save, until, otherwise } of run.plan.stop) {
    const keys = Object.keys(save);
    if (keys.length === 0 || run.state.saved.has(name)) continue;
    if (!(await run.succeeds(until)) || keys.every((key) => Object.hasOwn(otherwise, key))) continue;
    missing.push(
      `${name} was stopped before the run looked: start it, or write the values of ${keys.join(', ')} into otherwise`,
    );
  }
  return missing;
}

async function probeOf(run: ActiveRun): Promise<string[]> {
  const { restore } = run.plan.database;
  if (restore.method !== 'external' || restore.probe === undefined || run.state.ran) return [];
  return await run.command(restore.probe).then(
    () => [],
    (error: unknown) => [`the external restore cannot be made: ${rootCause(error)}`],
  );
}

async function serverOf(run: ActiveRun): Promise<string[]> {
  const { database } = run.plan;
  try {
    const facts = await run.server.facts();
    const missing: string[] = [];
    if (!facts.mayCreateDatabases) missing.push(`${facts.user} may not create databases`);
    if (!(await run.server.hasRole(database.owner))) missing.push(`role ${database.owner} does not exist`);
    else if (!(await run.server.mayActAs(database.owner)))
      missing.push(`${facts.user} is not a member of the role ${database.owner}`);
    const live = await run.server.find(database.name);
    missing.push(...(await spaceOf(facts.dataDirectory, live?.bytes ?? 0)));
    if (database.restore.method === 'dump') missing.push(...(await versionsOf(run, facts.version)));
    return missing;
  } catch (error) {
    // An external restore brings the server back.
    if (database.restore.method === 'external') return [];
    return [`the database cannot be reached: ${rootCause(error)}`];
  }
}

/** The disk of the server can only be looked at where it is on this machine. */
async function spaceOf(directory: string | undefined, bytes: number): Promise<string[]> {
  const space = directory === undefined ? undefined : await statfs(directory).catch(() => undefined);
  if (space === undefined) return [];
  const free = space.bavail * space.bsize;
  const needed = bytes * room;
  return free >= needed
    ? []
    : [`${directory} has ${free} bytes free; the restored database may need ${Math.ceil(needed)}`];
}

async function versionsOf(run: ActiveRun, server: string): Promise<string[]> {
  const major = (version: string) => Number.parseInt(version, 10);
  // That there is no such backup is the matter of the next step.
  const { manifest } = await chooseBackup(run).catch(() => ({ manifest: undefined }));
  if (manifest === undefined) return [];
  const { versions, engine } = manifest;
  const missing =
    major(versions.server) > major(server)
      ? [
          `the backup is of PostgreSQL ${versions.server}, and the server is ${server}: it is not restored into an older one`,
        ]
      : [];
  if (engine !== 'pg_dump') return missing;
  const client = await new PostgresPrograms(run.plan.database.tools).version();
  if (client === undefined)
    return [...missing, 'pg_restore is not on the path: name the words before it in database.tools'];
  return major(client) < major(versions.client ?? '0')
    ? [...missing, `pg_restore ${client} cannot read what pg_dump ${versions.client} wrote`]
    : missing;
}

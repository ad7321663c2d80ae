import { resolve } from 'node:path';
import { BackupCatalogue } from '../backups/catalogue.ts';
import { plannedCommands } from '../domain/recovery-runs/planned-commands.ts';
import { runSteps, stepNames, stepNumber, type StepName } from '../domain/recovery-runs/run-steps.ts';
import type { RunDeps } from './active-run.ts';
import type { PlanFile } from './read-plan.ts';
import { runCommand } from './run-command.ts';

const questionTimeoutMs = 60_000;

/**
 * Says what a run of a plan would do: its steps, and exactly the commands that it would make. Nothing is changed. The commands of `save`
 * are run, because what they print stands in later ones; they only read.
 */
export async function dryRunText(file: PlanFile, word: string | undefined, deps: RunDeps): Promise<string> {
  const { plan } = file;
  const saved = await savedValues(file, deps);
  const backup = await backupValues(file, word ?? 'latest');
  const commands = plannedCommands(plan, backup === undefined ? {} : { backup }, saved);
  const own = ownWork(file, backup?.id);
  return stepNames
    .flatMap((name) => [
      `# ${stepNumber(name)} ${name}: ${runSteps[name].about}`,
      ...(own[name] ?? []).map((text) => `#   ${text}`),
      ...commands.filter(({ step }) => step === name).map(({ command }) => command.map(shown).join(' ')),
    ])
    .join('\n');
}

/** Writes a word as a shell would have to be given it. */
export function shown(word: string): string {
  return /^[\w@%+=:,./{}-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

async function savedValues({ plan, directory }: PlanFile, deps: RunDeps) {
  const saved = new Map<string, Record<string, string>>();
  for (const { name, save, otherwise } of plan.stop) {
    const values: Record<string, string> = { ...otherwise };
    for (const [key, command] of Object.entries(save)) {
      const { code, stdout } = await runCommand(command, {
        environment: deps.environment,
        directory,
        timeoutMs: questionTimeoutMs,
        log: undefined,
        mask: (text) => text,
        signal: deps.signal,
      });
      // What cannot be asked now stays a placeholder.
      if (code === 0 && values[key] === undefined) values[key] = stdout.trim();
    }
    saved.set(name, values);
  }
  return saved;
}

async function backupValues({ plan, directory }: PlanFile, word: string) {
  if (plan.database.restore.method === 'external' || word.includes('/')) return undefined;
  const catalogue = new BackupCatalogue(resolve(directory, plan.backups?.at ?? '.'));
  const { backups } = await catalogue.read();
  const found = word === 'latest' ? backups.at(-1) : backups.find(({ manifest }) => manifest.id === word);
  if (found === undefined) return undefined;
  const { id, takenAt, files } = found.manifest;
  return { id, takenAt, sha256: files.dump.sha256, path: catalogue.path(files.dump.name) };
}

/** Actions of a run beside the commands of its plan. */
function ownWork({ plan }: PlanFile, backup: string | undefined): Partial<Record<StepName, string[]>> {
  const { name, owner, restore, replaced } = plan.database;
  return {
    ...(restore.method === 'dump'
      ? {
          artifact: [`reads the backup ${backup ?? 'that is given'} to its last byte`],
          restore: [`CREATE DATABASE ${name}_new… OWNER ${owner}, and restores the backup into it`],
        }
      : { restore: [`ALTER DATABASE ${name} RENAME TO ${name}_new…, once the command has restored it`] }),
    fence: [`ALTER DATABASE ${name} ALLOW_CONNECTIONS false, and ends its sessions`],
    inspect: plan.smoke.map(({ sql }) => sql),
    declare: [`declares the restore in ${name}_new…`],
    swap: [
      `ALTER DATABASE ${name} RENAME TO ${name}_replaced…`,
      `ALTER DATABASE ${name}_new… RENAME TO ${name}, in the same transaction`,
    ],
    health: plan.health.flatMap((check) => ('http' in check ? [`GET ${check.http} until ${check.expect}`] : [])),
    record: replaced === 'drop' ? [`DROP DATABASE ${name}_replaced…`] : [`${name}_replaced… is kept`],
  };
}

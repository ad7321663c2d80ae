import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import type { z } from 'zod';
import { ConfigError, readConfig } from '../../config/config.ts';
import { namesDatabase, namesDatabaseOnly } from '../client-variables.ts';
import { MusterError } from '../../domain/errors.ts';
import { restoreBackupSchema, type Restore, type RestoreBackup } from '../../domain/resources/restore.ts';
import { answerOf, type ApiClient } from '../../client/api-client.ts';
import { apiOf, serverOption } from '../connection.ts';
import { addExamples } from '../examples.ts';
import { CliError, rootCause, UnreachableError, UsageError } from '../../client/failures.ts';
import { outputOption, timeoutOption } from '../option-values.ts';
import { formatDocument } from '../../manifests/documents.ts';
import { printable } from '../../terminal/printable.ts';
import { showProgress } from '../../terminal/progress.ts';
import { awaitSettled } from '../restores/await-settled.ts';
import { expectedAnswers, restoreRemark } from '../restores/restore-text.ts';
import { print, note } from '../../terminal/terminal.ts';

type Options = RestoreBackup & {
  readonly reason?: string;
  readonly idempotencyKey?: string;
  readonly database?: true;
  readonly wait?: true;
  readonly timeout?: number;
  readonly output?: 'json' | 'yaml' | 'name';
};

/** `muster restore declare` */
export function restoreDeclareCommand(): Command {
  const { artifact, sha256, takenAt } = restoreBackupSchema.shape;
  const command = new Command('declare')
    .description('declare that the database now holds a backup: every device must answer before anything changes')
    .option('--reason <text>', 'why the backup was restored; goes into the audit trail')
    .option('--artifact <location>', 'where the backup is kept', checkedBy(artifact))
    .option('--sha256 <checksum>', 'SHA-256 of the backup, 64 hexadecimal digits', checkedBy(sha256))
    .option('--taken-at <time>', 'when the backup was made, as in 2026-11-20T02:00:00Z', checkedBy(takenAt))
    .option('--idempotency-key <key>', 'the same key declares the same restore only once; random if not given')
    .option(
      '--database',
      'declare on the database itself while the services are stopped (DATABASE_URL, DB_PASSWORD), whatever MUSTER_SERVER says',
    )
    .option('--wait', 'wait until every device has answered and no conflict is left')
    .addOption(timeoutOption('--wait'))
    .addOption(outputOption(['json', 'yaml', 'name'], 'how to print the restore'))
    .action(declare);
  return addExamples(command, [
    {
      line: 'muster restore declare --reason "INC-4211: lost primary" --artifact s3://backups/db.dump --taken-at 2026-11-20T02:00:00Z',
    },
    { line: 'muster restore declare --idempotency-key "$JOB_ID" -o name', about: 'from a script that may run twice' },
    { line: 'muster restore declare --wait --timeout 2h', about: 'with a progress bar until it is settled' },
    {
      line: 'DATABASE_URL=postgres://muster@db/muster DB_PASSWORD=… REDIS_URL=redis://kv KV_PASSWORD=… muster restore declare --database',
      about: 'on the database itself, while the services are stopped',
    },
  ]);
}

function checkedBy(schema: z.ZodType<string | undefined>): (text: string) => string {
  return (text) => {
    const parsed = schema.safeParse(text);
    if (!parsed.success) throw new InvalidArgumentError(parsed.error.issues.map(({ message }) => message).join('; '));
    return text;
  };
}

async function declare(options: Options, command: Command): Promise<void> {
  const declaration = { idempotencyKey: options.idempotencyKey ?? randomUUID(), request: requestOf(options) };
  if (isForDatabase(options, command)) {
    if (options.wait === true) {
      throw new UsageError(
        '--wait needs a running service: start it, then follow with "muster restore status --watch"',
      );
    }
    print(declared(await declareDirectly(declaration), options.output));
    return;
  }
  const api = apiOf(command);
  const restore = await declareAtServer(api, declaration);
  print(declared(restore, options.output));
  if (options.wait === true) await wait(api, restore, options.timeout);
}

/** @throws UsageError where both a server and the database are asked for */
function isForDatabase({ database }: Options, command: Command): boolean {
  if (serverOption(command) === undefined) return database === true || namesDatabaseOnly();
  if (database === true) throw new UsageError('--database declares without a server: leave out --server');
  return false;
}

async function declareAtServer(api: ApiClient, { idempotencyKey, request }: Declaration): Promise<Restore> {
  try {
    return await answerOf(
      api.POST('/api/v1/restores', { params: { header: { 'idempotency-key': idempotencyKey } }, body: request }),
    );
  } catch (error) {
    if (!(error instanceof UnreachableError) || !namesDatabase()) throw error;
    throw new UnreachableError(
      `${error.message}\nIf the services are stopped, declare on the database itself: muster restore declare --database …`,
      error,
    );
  }
}

function requestOf({ reason, artifact, sha256, takenAt }: Options) {
  const backup = {
    ...(artifact === undefined ? {} : { artifact }),
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(takenAt === undefined ? {} : { takenAt }),
  };
  return { ...(reason === undefined ? {} : { reason }), ...(Object.keys(backup).length === 0 ? {} : { backup }) };
}

type Declaration = { readonly idempotencyKey: string; readonly request: ReturnType<typeof requestOf> };

async function declareDirectly({ idempotencyKey, request }: Declaration): Promise<Restore> {
  note('Declaring on the database itself');
  // Loaded here, so that commands that only talk to a server start without it.
  const { declareOnDatabase } = await import('../../service/declare-on-database.ts');
  try {
    const by = { actor: `user:${userInfo().username}` };
    const { restore } = await declareOnDatabase(readConfig(), {
      ...request,
      idempotencyKey,
      by,
    });
    return restore;
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(error.message);
    if (error instanceof MusterError) throw new CliError(error.message);
    throw new CliError(`the restore could not be declared; nothing was changed: ${rootCause(error)}`);
  }
}

async function wait(api: ApiClient, restore: Restore, timeoutMs: number | undefined): Promise<void> {
  const progress = showProgress(process.stderr, 'Muster');
  try {
    await awaitSettled(api, restore.metadata.name, {
      timeoutMs,
      onChange: (now) => progress.update(now.status.devices.answered, expectedAnswers(now), restoreRemark(now)),
    });
  } finally {
    progress.stop();
  }
  note(`restore ${restore.metadata.name} has settled`);
}

/** Tells of lost edits, and how to see them. */
function lostEditsText({ status: { journal } }: Restore): string[] {
  if (journal === undefined) return [];
  const problem =
    journal.problem === null ? [] : [`  The journal was not read to its end: ${printable(journal.problem)}`];
  if (journal.lostDocuments === 0) return problem;
  return [`  Edits that the database does not know: ${journal.lostDocuments} (muster restore lost)`, ...problem];
}

function declared(restore: Restore, output: Options['output']): string {
  const { name } = restore.metadata;
  switch (output) {
    case 'json':
    case 'yaml':
      return formatDocument(restore, output).trimEnd();
    case 'name':
      return `restore/${name}`;
    case undefined:
      return [
        `Restore declared: ${name}`,
        `  Devices that must answer: ${restore.status.devices.awaitingReconnect}`,
        ...lostEditsText(restore),
      ].join('\n');
    default:
      return output satisfies never;
  }
}

import type { Origin } from '../domain/event.ts';
import type { Bus } from '../bus/bus.ts';
import type { Executor } from '../db/client.ts';
import { readDatabaseIdentity, storeIdentity } from '../db/database-identity.ts';
import { appendEvents } from '../db/event-log.ts';
import { lockForDeclaring, setCurrentRestore, setMarksOutdated } from '../db/fence.ts';
import { findRestoreByKey, insertRestore, type RestoreRecord } from '../db/restore-store.ts';
import { conflict } from '../domain/errors.ts';
import type { JsonObject } from '../domain/json.ts';
import type { RestoreBackup } from '../domain/resources/restore.ts';
import { storableObject } from '../domain/resources/storable.ts';
import { specHash } from '../domain/rendering/spec-hash.ts';
import type { JournalFindings } from '../domain/journal-facts/findings.ts';
import type { Journal } from '../journal/journal.ts';
import { findLost, type JournalReading } from './find-lost.ts';
import type { Observer, RestoreCause } from './observer.ts';
import type { QueueControl } from '../queue/render-queue.ts';
import type { Tracing } from './tracing.ts';
import { uuidv7 } from './timeline-id.ts';

export type RestoreDeclaration = {
  readonly reason?: string | undefined;
  /** Backup that the database now holds. */
  readonly backup?: RestoreBackup | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly by: Origin;
  /** The cause, where Muster declares it by itself. */
  readonly cause?: Exclude<RestoreCause, 'person'>;
};

/**
 * Declares that the database now holds a backup: every device must answer before anything changes. One insert and one
 * update of a single row, whatever the size of the fleet.
 *
 * @returns the restore, and whether this call made it; a repeated idempotency key answers the one it made first
 * @throws MusterError 409 if the key was used with other contents
 */
export async function declareRestore(
  deps: Announcing & JournalReading & { tracing: Tracing },
  declaration: RestoreDeclaration,
): Promise<{ restore: RestoreRecord; created: boolean }> {
  const { idempotencyKey } = declaration;
  const isNew =
    idempotencyKey === undefined || (await findRestoreByKey(deps.database.pool, idempotencyKey)) === undefined;
  const prepared = await prepareRestore(deps, isNew);
  const declared = await deps.tracing.span('declare restore', { 'muster.restore.by': 'person' }, () =>
    deps.database.transact(async (tx) => {
      const previous = await lockForDeclaring(tx);
      const made = idempotencyKey === undefined ? undefined : await findRestoreByKey(tx, idempotencyKey);
      if (made === undefined) {
        return { restore: await declareWithin(tx, previous, declaration, prepared), created: true };
      }
      if (made.requestHash === requestHash(declaration)) return { restore: made, created: false };
      throw conflict(`the Idempotency-Key was used before with another body, for restore ${made.id}`);
    }),
  );
  if (declared.created) announceRestore(deps, declared.restore, 'person');
  return declared;
}

/** A restore that can be declared: its id, its time, and what the journal has that the database does not know. */
export type PreparedRestore = { readonly id: string; readonly now: Date; readonly journal: JournalFindings | null };

/**
 * Prepares a restore before anything is locked, because reading the journal may take a minute. What it finds belongs to the id, and means
 * nothing unless that restore is declared.
 *
 * @param readsJournal false where it is known that this restore will not be declared
 */
export async function prepareRestore(deps: JournalReading, readsJournal: boolean): Promise<PreparedRestore> {
  const now = deps.clock.now();
  const id = uuidv7(now);
  return { id, now, journal: readsJournal ? await findLost(deps, id) : null };
}

/**
 * The declaration itself, in the transaction of a caller that holds {@link lockForDeclaring}. Declaring says that this
 * database is the one to go on with, so its identity is stored along, and the marks of the time before count no more.
 */
export async function declareWithin(
  tx: Executor,
  previous: string,
  declaration: RestoreDeclaration,
  { id, now, journal }: PreparedRestore,
): Promise<RestoreRecord> {
  const restore = await insertRestore(tx, {
    id,
    journal,
    previous,
    declaredAt: now,
    declaredBy: declaration.by.actor,
    reason: declaration.reason ?? null,
    backup: declaration.backup ?? null,
    idempotencyKey: declaration.idempotencyKey ?? null,
    requestHash: requestHash(declaration),
    cause: declaration.cause ?? null,
  });
  await setCurrentRestore(tx, restore.id);
  await setMarksOutdated(tx, true);
  await storeIdentity(tx, (await readDatabaseIdentity(tx)).identity);
  const because = declaration.reason === undefined ? '' : `: ${declaration.reason}`;
  await appendEvents(
    tx,
    [
      {
        type: 'Warning',
        reason: 'SystemRestored',
        involved: { kind: 'System', name: restore.id },
        message: `The database was restored from a backup${because}. ${restore.total} devices must answer before anything changes.`,
        details: { detailType: 'MusterRestore', restore: restore.id, previous, backup: backupJson(declaration) },
        by: declaration.by,
      },
    ],
    { restore: restore.id, now },
  );
  return restore;
}

/** Things that are told of a declared restore. */
export type Announcing = { bus: Bus; queue: QueueControl; observer: Observer; journal: Journal };

/** Tells everybody, after the commit. What is lost on the way is found by looking. */
export function announceRestore(
  { bus, queue, observer, journal }: Announcing,
  { id: restore, previous }: RestoreRecord,
  cause: RestoreCause,
): void {
  observer.restoreDeclared(cause);
  journal.restoreDeclared(restore, previous);
  queue.discardOlderJobs();
  bus.publish({ type: 'restore-declared', restore });
}

/** Hashes a declaration, so that two can be compared. */
function requestHash(declaration: RestoreDeclaration): string {
  return specHash({ reason: declaration.reason ?? null, backup: backupJson(declaration) });
}

function backupJson({ backup }: RestoreDeclaration): JsonObject | null {
  return backup === undefined ? null : storableObject(backup);
}

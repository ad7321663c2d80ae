import { uuidv7 } from '../uuid-v7.ts';
import type { Bus } from '../bus/bus.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../db/client.ts';
import { appendEvents } from '../db/event-log.ts';
import { lockForDeclaring, setCurrentRestore } from '../db/fence.ts';
import { findRestoreByKey, insertRestore, type RestoreRecord } from '../db/restore-store.ts';
import { conflict } from '../domain/errors.ts';
import type { JsonObject } from '../domain/json.ts';
import type { RestoreBackup } from '../domain/resources/restore.ts';
import { storableObject } from '../domain/resources/storable.ts';
import { specHash } from '../domain/spec-hash.ts';
import type { QueueControl } from '../queue/render-queue.ts';

export type RestoreDeclaration = {
  readonly reason?: string | undefined;
  /** Which backup the database now holds. */
  readonly backup?: RestoreBackup | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly declaredBy: string;
};

/**
 * Declares that the database now holds a backup: every device must answer before anything changes. One insert and one
 * update of a single row, whatever the size of the fleet (design.md, section 3).
 *
 * @returns the restore, and whether this call made it; a repeated idempotency key answers the one it made first
 * @throws MusterError 409 if the key was used with other contents
 */
export async function declareRestore(
  { database, clock, bus, queue }: { database: Database; clock: Clock; bus: Bus; queue: QueueControl },
  declaration: RestoreDeclaration,
): Promise<{ restore: RestoreRecord; created: boolean }> {
  const requestHash = specHash({ reason: declaration.reason ?? null, backup: backupJson(declaration) });
  const declared = await database.transact(async (tx) => {
    const previous = await lockForDeclaring(tx);
    if (declaration.idempotencyKey !== undefined) {
      const made = await findRestoreByKey(tx, declaration.idempotencyKey);
      if (made !== undefined) {
        if (made.requestHash === requestHash) return { restore: made, created: false };
        throw conflict(`the Idempotency-Key was used before with another body, for restore ${made.id}`);
      }
    }
    const now = clock.now();
    const restore = await insertRestore(tx, {
      id: uuidv7(now),
      previous,
      declaredAt: now,
      declaredBy: declaration.declaredBy,
      reason: declaration.reason ?? null,
      backup: declaration.backup ?? null,
      idempotencyKey: declaration.idempotencyKey ?? null,
      requestHash,
    });
    await setCurrentRestore(tx, restore.id);
    const reason = declaration.reason === undefined ? '' : `: ${declaration.reason}`;
    await appendEvents(
      tx,
      [
        {
          type: 'Warning',
          reason: 'SystemRestored',
          involved: { kind: 'System', name: restore.id },
          message: `The database was restored from a backup${reason}. ${restore.total} devices must answer before anything changes.`,
          details: { detailType: 'MusterRestore', restore: restore.id, previous, backup: backupJson(declaration) },
          actor: declaration.declaredBy,
        },
      ],
      { restore: restore.id, now },
    );
    return { restore, created: true };
  });
  if (declared.created) {
    queue.discardOlderJobs();
    bus.publish({ type: 'restore-declared', restore: declared.restore.id });
  }
  return declared;
}

function backupJson({ backup }: RestoreDeclaration): JsonObject | null {
  return backup === undefined ? null : storableObject(backup);
}

import type { Config } from '../config/config.ts';
import type { Executor } from '../db/client.ts';
import { lockForDeclaring } from '../db/fence.ts';
import { byService } from '../domain/event.ts';
import type { JournalReading } from './find-lost.ts';
import type { RestoreCause } from './observer.ts';
import type { Tracing } from './tracing.ts';
import { announceRestore, declareWithin, prepareRestore, type Announcing } from './declare-restore.ts';

export type DeclaringDeps = Announcing & JournalReading & { tracing: Tracing };

/** A restore that nobody declared, as it was noticed. */
type NoticedRestore = {
  readonly kind: Exclude<RestoreCause, 'person'>;
  /** For people: what was seen. */
  readonly text: string;
};

/**
 * Declares a restore, or only warns, if `isNeeded` still says so once nothing else can declare one. To be called where a look without
 * locks has said so.
 */
export async function declareByItself(
  deps: DeclaringDeps,
  mode: Exclude<Config['noticeCopy'], 'off'>,
  cause: NoticedRestore,
  isNeeded: (tx: Executor, current: string) => Promise<boolean>,
): Promise<void> {
  const prepared = await prepareRestore(deps, mode === 'declare');
  const declared = await deps.tracing.span('declare restore', { 'muster.restore.by': cause.kind }, () =>
    deps.database.transact(async (tx) => {
      const current = await lockForDeclaring(tx);
      if (!(await isNeeded(tx, current))) return undefined;
      deps.log.warn({ cause: cause.text, mode }, 'the database seems to have been restored, and nobody declared it');
      if (mode === 'warn') return undefined;
      const reason = `Noticed by Muster: the database was restored; ${cause.text}.`;
      const declaration = { reason, by: byService, cause: cause.kind };
      return await declareWithin(tx, current, declaration, prepared);
    }),
  );
  if (declared === undefined) return;
  announceRestore(deps, declared, cause.kind);
  deps.log.warn({ restore: declared.id, actor: byService.actor, cause: cause.kind }, 'declared a restore');
}

import type { WalMark } from '../bus/wal-mark.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Database, Executor } from '../db/client.ts';
import { readDatabaseIdentity, storedIdentity, storeIdentity, type DatabaseIdentity } from '../db/database-identity.ts';
import { countAheadDevices } from '../db/event-log.ts';
import { lockForDeclaring } from '../db/fence.ts';
import { serviceActor } from '../domain/event.ts';
import type { Log } from '../log.ts';
import type { RestoreCause } from '../observer.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { announceRestore, declareWithin, type Announcing } from './declare-restore.ts';

export type NoticeDeps = Announcing & {
  database: Database;
  clock: Clock;
  log: Log;
  tracing: Tracing;
  walMark: WalMark;
  config: Pick<Config, 'noticeCopy' | 'noticeRewind' | 'noticeAhead'>;
};

type NoticeMode = Config['noticeCopy'];

/** So many devices ahead within {@link aheadWithinMs} are no accident of one device. */
export const aheadDevicesLimit = 3;
const aheadWithinMs = 60_000;

/**
 * Looks whether this database was restored without anybody saying so, and declares the restore if the configuration
 * wants that (design.md, section 5). A false alarm costs one roll-call. Until this has run on a database that came
 * under this process, nothing else runs on it.
 */
export async function verifyDatabase(deps: NoticeDeps): Promise<void> {
  const { database, config } = deps;
  const { identity, mark, walPosition } = await readDatabaseIdentity(database.pool);
  const stored = await storedIdentity(database.pool);
  const changes = stored === undefined ? [] : identityChanges(stored, identity);
  if (stored === undefined) await rememberIdentity(deps, identity);
  else if (changes.length > 0) await noticeCopy(deps, changes, identity);
  else await noticeRewind(deps, identity, walPosition);
  if (config.noticeRewind !== 'off') await deps.walMark.write(logName(identity), walPosition);
  database.guard.verifiedMark = mark;
}

async function rememberIdentity({ database }: NoticeDeps, identity: DatabaseIdentity): Promise<void> {
  await database.transact(async (tx) => {
    await lockForDeclaring(tx);
    await storeIdentity(tx, identity);
  });
}

/** The stored identity is not the real one: a restored dump, a template copy, a point-in-time recovery, a failover. */
async function noticeCopy(deps: NoticeDeps, changes: readonly string[], identity: DatabaseIdentity): Promise<void> {
  const mode = deps.config.noticeCopy;
  if (mode === 'off') return;
  const cause = { kind: 'copy', text: `this database is a copy: ${changes.join(', ')}` } as const;
  await declareByItself(deps, mode, cause, async (tx) => {
    // Another instance may have been here first, and declared what this one noticed too.
    const stored = await storedIdentity(tx);
    if (stored === undefined || identityChanges(stored, identity).length === 0) return false;
    await storeIdentity(tx, identity);
    return true;
  });
}

/** The log is behind where it has been: a volume snapshot was put back, which changes no identity. */
async function noticeRewind(deps: NoticeDeps, identity: DatabaseIdentity, walPosition: bigint): Promise<void> {
  const mode = deps.config.noticeRewind;
  if (mode === 'off') return;
  const highest = await deps.walMark.read(logName(identity));
  if (highest === undefined || walPosition >= highest) return;
  // Another instance may have moved the mark since this one read the position: only one that is read after the mark tells.
  const isBehind = async (db: Executor) => (await readDatabaseIdentity(db)).walPosition < highest;
  if (!(await isBehind(deps.database.pool))) return;
  const text = `its write-ahead log is at byte ${walPosition}, behind byte ${highest} where it has been`;
  await declareByItself(
    deps,
    mode,
    { kind: 'rewind', text },
    async (tx) => (await deps.walMark.read(logName(identity))) === highest && (await isBehind(tx)),
  );
  await deps.walMark.write(logName(identity), walPosition);
}

/**
 * Looks whether so many devices are ahead, although no restore was declared, that the server must have gone back. To be
 * called after a report that found one.
 */
export async function noticeDevicesAhead(deps: NoticeDeps): Promise<void> {
  const mode = deps.config.noticeAhead;
  if (mode === 'off') return;
  const text = `at least ${aheadDevicesLimit} devices within a minute were ahead of it`;
  await declareByItself(deps, mode, { kind: 'ahead', text }, async (tx, current) => {
    const since = new Date(deps.clock.now().getTime() - aheadWithinMs);
    return (await countAheadDevices(tx, { restore: current, since })) >= aheadDevicesLimit;
  });
}

/** Declares a restore, or only warns, if `isNeeded` still says so once nothing else can declare one. */
async function declareByItself(
  deps: NoticeDeps,
  mode: Exclude<NoticeMode, 'off'>,
  cause: { readonly kind: Exclude<RestoreCause, 'person'>; readonly text: string },
  isNeeded: (tx: Executor, current: string) => Promise<boolean>,
): Promise<void> {
  const declared = await deps.tracing.span('declare restore', { 'muster.restore.by': cause.kind }, () =>
    deps.database.transact(async (tx) => {
      const current = await lockForDeclaring(tx);
      if (!(await isNeeded(tx, current))) return undefined;
      deps.log.warn({ cause: cause.text, mode }, 'the database seems to have been restored, and nobody declared it');
      if (mode === 'warn') return undefined;
      const reason = `Noticed by Muster: the database was restored; ${cause.text}.`;
      return await declareWithin(tx, current, { reason, declaredBy: serviceActor }, deps.clock.now());
    }),
  );
  if (declared === undefined) return;
  announceRestore(deps, declared.id, cause.kind);
  deps.log.warn({ restore: declared.id, actor: serviceActor, cause: cause.kind }, 'declared a restore');
}

/** In what a database is another one than the one that its rows were written in, for people. */
export function identityChanges(stored: DatabaseIdentity, real: DatabaseIdentity): string[] {
  const parts = [
    ['its cluster', stored.systemIdentifier, real.systemIdentifier],
    ['its WAL timeline', stored.walTimeline, real.walTimeline],
    ['its database oid', stored.database, real.database],
    ['the oid of its devices table', stored.devicesTable, real.devicesTable],
  ] as const;
  return parts.filter(([, was, is]) => was !== is).map(([what, was, is]) => `${what} was ${was} and is ${is}`);
}

/** Names a write-ahead log: positions of another cluster or WAL timeline do not compare. */
function logName({ systemIdentifier, walTimeline }: DatabaseIdentity): string {
  return `${systemIdentifier}:${walTimeline}`;
}

import type { HighWaterMarks, KeptMark } from '../bus/high-water-marks.ts';
import type { Config } from '../config/config.ts';
import type { Executor } from '../db/client.ts';
import { countLook, readLooks, wasPutBack } from '../db/database-age.ts';
import { readDatabaseIdentity, storedIdentity, storeIdentity, type DatabaseIdentity } from '../db/database-identity.ts';
import { lockForDeclaring, marksAreOutdated, setMarksOutdated } from '../db/fence.ts';
import { declareByItself, type DeclaringDeps } from './declare-by-itself.ts';

type VerifyingDeps = DeclaringDeps & {
  marks: HighWaterMarks;
  config: Pick<Config, 'noticeCopy' | 'noticeRewind'>;
};

/** A number of the database that only grows: where it is lower than it has been, an older state was put back. */
type Growing = {
  /** Name of its mark. */
  readonly name: string;
  readonly value: bigint;
  read(db: Executor): Promise<bigint>;
  /** The value to keep as the mark after a look that found nothing. */
  next(db: Executor): Promise<bigint>;
  text(value: bigint, highest: bigint): string;
};

/** The lowest values that were read while the marks gave no answer, and since when: what they are held against once they do. */
export type Unanswered = Map<string, { readonly value: bigint; readonly since: number }>;

/**
 * Looks whether this database was restored without anybody saying so, and declares the restore if the configuration wants
 * that (design.md, section 5). A false alarm costs one roll-call. Until this has run on a database that came under this
 * process, nothing else runs on it.
 *
 * @param unanswered filled where the marks give no answer, so that a volume snapshot that was put back is not ruled out yet
 * @returns the mark of the database that was looked at
 */
export async function verifyDatabase(deps: VerifyingDeps, unanswered: Unanswered = new Map()): Promise<string> {
  const { database, config } = deps;
  const { identity, mark, walPosition } = await readDatabaseIdentity(database.pool);
  const stored = await storedIdentity(database.pool);
  if (stored === 'none') await rememberIdentity(deps, identity);
  else {
    const changes = identityChanges(stored, identity);
    if (changes.length > 0) await noticeCopy(deps, changes, identity);
  }
  if (config.noticeRewind !== 'off') await noticeRewind(deps, identity, walPosition, unanswered);
  return mark;
}

async function rememberIdentity({ database }: VerifyingDeps, identity: DatabaseIdentity): Promise<void> {
  await database.transact(async (tx) => {
    await lockForDeclaring(tx);
    await storeIdentity(tx, identity);
  });
}

/** The stored identity is not the real one: a restored dump, a template copy, a point-in-time recovery, a failover. */
async function noticeCopy(deps: VerifyingDeps, changes: readonly string[], identity: DatabaseIdentity): Promise<void> {
  const mode = deps.config.noticeCopy;
  if (mode === 'off') return;
  const cause = { kind: 'copy', text: `this database is a copy: ${changes.join(', ')}` } as const;
  await declareByItself(deps, mode, cause, async (tx) => {
    // Another instance may have been here first, and declared what this one noticed too.
    const stored = await storedIdentity(tx);
    if (stored === 'none' || identityChanges(stored, identity).length === 0) return false;
    await storeIdentity(tx, identity);
    return true;
  });
}

/**
 * A number that only grows is lower than it has been: the write-ahead log after a volume snapshot was put back, the number of
 * looks after rows were. Neither changes the identity.
 */
async function noticeRewind(
  deps: VerifyingDeps,
  identity: DatabaseIdentity,
  walPosition: bigint,
  unanswered: Unanswered,
): Promise<void> {
  const { pool } = deps.database;
  const numbers = [walOf(identity, walPosition), looksOf(identity, BigInt(await readLooks(pool)))];
  let isDeclared = await marksAreOutdated(pool);
  if (!isDeclared) isDeclared = await noticePutBack(deps);
  if (!isDeclared) {
    for (const growing of numbers) isDeclared = (await compare(deps, growing, unanswered)) || isDeclared;
  }
  if (isDeclared) await replaceMarks(deps, numbers);
}

/** Rows that were copied in, whatever the marks say: also where there were none. @returns whether it declared a restore */
async function noticePutBack(deps: VerifyingDeps): Promise<boolean> {
  const { pool } = deps.database;
  const mode = deps.config.noticeRewind;
  if (mode === 'off' || !(await wasPutBack(pool))) return false;
  const cause = { kind: 'rewind', text: 'its rows were put back: they were written by another transaction' } as const;
  // Another instance may have declared it meanwhile, and counted its look.
  await declareByItself(deps, mode, cause, async (tx) => !(await marksAreOutdated(tx)) && (await wasPutBack(tx)));
  if (mode === 'warn') await countLook(pool);
  return mode === 'declare';
}

/** @returns whether it declared a restore */
async function compare(deps: VerifyingDeps, growing: Growing, unanswered: Unanswered): Promise<boolean> {
  const { name, value } = growing;
  const { pool } = deps.database;
  const mode = deps.config.noticeRewind;
  const kept = await deps.marks.read(name);
  const missed = unanswered.get(name);
  if (kept === 'no answer') {
    if (missed === undefined) unanswered.set(name, { value, since: Date.now() });
    return false;
  }
  unanswered.delete(name);
  if (mode === 'off' || kept === 'none' || !(await isBehind(pool, growing, kept, missed))) {
    await deps.marks.raise(name, await growing.next(pool));
    return false;
  }
  const cause = { kind: 'rewind', text: growing.text(missed?.value ?? value, kept.value) } as const;
  await declareByItself(deps, mode, cause, async (tx) => {
    // Another instance may have declared it meanwhile: then the marks are outdated, or replaced already.
    const now = await deps.marks.read(name);
    return !(await marksAreOutdated(tx)) && typeof now === 'object' && now.value === kept.value;
  });
  if (mode === 'declare') return true;
  await deps.marks.replace(name, await growing.read(pool));
  return false;
}

/**
 * Another instance may have raised the mark since this one read the number: only one that is read after the mark tells. And a
 * number that was read while the marks gave no answer is held against a mark that nobody has raised since.
 */
async function isBehind(
  db: Executor,
  growing: Growing,
  highest: KeptMark,
  missed: { readonly value: bigint; readonly since: number } | undefined,
): Promise<boolean> {
  if (missed !== undefined && missed.value < highest.value && highest.at < missed.since) return true;
  return growing.value < highest.value && (await growing.read(db)) < highest.value;
}

/** After a declared restore the marks of the time before say nothing any more. Where they cannot be replaced now, the next look does. */
async function replaceMarks({ database, marks }: VerifyingDeps, all: readonly Growing[]): Promise<void> {
  // The row of the looks is this database's own from here on.
  await countLook(database.pool);
  for (const growing of all) {
    if (!(await marks.replace(growing.name, await growing.read(database.pool)))) return;
  }
  await database.transact(async (tx) => {
    await lockForDeclaring(tx);
    await setMarksOutdated(tx, false);
  });
}

/** Positions of another cluster or WAL timeline do not compare. */
function walOf({ systemIdentifier, walTimeline }: DatabaseIdentity, value: bigint): Growing {
  return {
    name: `wal:${systemIdentifier}:${walTimeline}`,
    value,
    read: async (db) => (await readDatabaseIdentity(db)).walPosition,
    next: async () => value,
    text: (at, highest) => `its write-ahead log is at byte ${at}, behind byte ${highest} where it has been`,
  };
}

function looksOf({ systemIdentifier, database }: DatabaseIdentity, value: bigint): Growing {
  return {
    name: `looks:${systemIdentifier}:${database}`,
    value,
    read: async (db) => BigInt(await readLooks(db)),
    next: async (db) => BigInt(await countLook(db)),
    text: (at, highest) => `its rows were put back: it counts ${at} looks at it where it has counted ${highest}`,
  };
}

/** The ways in which a database differs from the one that its rows were written in, for people. */
export function identityChanges(stored: DatabaseIdentity | 'unreadable', real: DatabaseIdentity): string[] {
  if (stored === 'unreadable') return ['the identity that is stored in it cannot be read'];
  const parts = [
    ['its cluster', stored.systemIdentifier, real.systemIdentifier],
    ['its WAL timeline', stored.walTimeline, real.walTimeline],
    ['its database oid', stored.database, real.database],
    ['the oid of its devices table', stored.devicesTable, real.devicesTable],
  ] as const;
  return parts.filter(([, was, is]) => was !== is).map(([what, was, is]) => `${what} was ${was} and is ${is}`);
}

import type { Database } from '../db/client.ts';
import {
  countLost,
  forgetSameDocuments,
  readEditNumbers,
  saveLostDocuments,
  saveLostPositions,
} from '../db/lost-store.ts';
import { readPositions } from '../db/position-store.ts';
import { saveRenderedSpecs, unknownSpecHashes } from '../db/render-store.ts';
import type { JsonObject } from '../domain/json.ts';
import { documentKinds, type JournalFact, type RenderedFact, type WantedFact } from '../domain/journal-facts/facts.ts';
import type { JournalFindings } from '../domain/journal-facts/findings.ts';
import { isLostDocument } from '../domain/journal-facts/lost-documents.ts';
import { isLost } from '../domain/journal-facts/lost-positions.ts';
import { specHash } from '../domain/rendering/spec-hash.ts';
import type { Journal } from '../journal/journal.ts';
import type { Log } from '../logging/log.ts';
import type { Clock } from '../time/clock.ts';

export type JournalReading = {
  readonly database: Database;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  readonly config: { readonly journalReadTimeoutMs: number };
};

/**
 * Reads the journal for a restore that is about to be declared, and stores what the database does not know: positions that
 * were rendered, their specs, and documents that people left. The restore is declared whatever comes of this (invariant S11).
 *
 * @returns null where no journal is kept
 */
export async function findLost(deps: JournalReading, restore: string): Promise<JournalFindings | null> {
  const { database, journal, log } = deps;
  if (!journal.isKept) return null;
  const contents = { segments: 0, foreign: 0, facts: 0, unreadable: 0 };
  const problem = await readAll(deps, restore, contents);
  await forgetSameDocuments(database.pool, restore);
  const { positions: lostPositions, documents: lostDocuments } = await countLost(database.pool, restore);
  const findings = { ...contents, lostPositions, lostDocuments, problem };
  if (problem === null) log.info({ restore, ...findings }, 'read the journal');
  else log.warn({ restore, ...findings }, 'the journal was not read to its end');
  return findings;
}

/** @returns reason why it was not read to its end; null where it was */
async function readAll(
  { database, journal, clock, config }: JournalReading,
  restore: string,
  contents: { segments: number; foreign: number; facts: number; unreadable: number },
): Promise<string | null> {
  const timeout = AbortSignal.timeout(config.journalReadTimeoutMs);
  try {
    for await (const facts of journal.read(contents, timeout)) {
      const rendered = facts.filter((fact) => fact.fact === 'rendered');
      const specs = facts.filter((fact) => fact.fact === 'rendered' || fact.fact === 'spec');
      await Promise.all([
        storeLostPositions(database, restore, rendered),
        storeUnknownSpecs(database, specs, clock.now()),
        storeLostDocuments(database, restore, facts),
      ]);
    }
    return null;
  } catch (error) {
    if (timeout.aborted)
      return `it took longer than ${config.journalReadTimeoutMs / 1_000} s (MUSTER_JOURNAL_READ_TIMEOUT)`;
    return error instanceof Error ? error.message : String(error);
  }
}

async function storeLostPositions(
  { pool }: Database,
  restore: string,
  rendered: readonly RenderedFact[],
): Promise<void> {
  const known = await readPositions(pool, [...new Set(rendered.map(({ device }) => device))]);
  const lost = rendered.filter(({ device, timeline, version, hash }) =>
    isLost(known.get(device)?.state.server, { timeline, version, specHash: hash }),
  );
  await saveLostPositions(pool, restore, lost);
}

/** A hash, and the spec that it is said to be of. */
type Named = { readonly hash: string; readonly spec?: JsonObject | undefined };

/** Keeps specs that the database does not have, where they are what their hash says. */
async function storeUnknownSpecs({ pool }: Database, facts: ReadonlyArray<Named>, now: Date): Promise<void> {
  const specs = new Map<string, JsonObject>();
  for (const { hash, spec } of facts) if (spec !== undefined) specs.set(hash, spec);
  const unknown = await unknownSpecHashes(pool, [...specs.keys()]);
  const missing = [...specs].filter(([hash, spec]) => unknown.has(hash) && specHash(spec) === hash);
  await saveRenderedSpecs(pool, new Map(missing), now);
}

async function storeLostDocuments({ pool }: Database, restore: string, facts: readonly JournalFact[]): Promise<void> {
  const wanted = facts.filter((fact) => fact.fact === 'wanted');
  const lost: WantedFact[] = [];
  for (const kind of documentKinds) {
    const ofKind = wanted.filter((fact) => fact.kind === kind);
    if (ofKind.length === 0) continue;
    const known = await readEditNumbers(pool, kind, [...new Set(ofKind.map(({ name }) => name))]);
    lost.push(...ofKind.filter((fact) => isLostDocument(known.get(fact.name), fact)));
  }
  await saveLostDocuments(pool, restore, lost);
}

import { sql, type SQL } from 'drizzle-orm';
import { byService } from '../domain/event.ts';
import type { DocumentKind, RenderedFact, WantedFact } from '../domain/journal-facts/facts.ts';
import type { EditNumber } from '../domain/journal-facts/lost-documents.ts';
import type { LostPosition } from '../domain/journal-facts/lost-positions.ts';
import type { Executor } from './client.ts';
import { prepared } from './driver/prepared-statements.ts';
import { jsonTexts } from './json-texts.ts';
import type { RemovalStep } from './retention-store.ts';

const texts = (values: readonly (string | null)[]): SQL => sql`${sql.param(values)}::text[]`;

/** Keeps positions that the database does not know, for a restore that is about to be declared. */
export async function saveLostPositions(
  db: Executor,
  restore: string,
  positions: readonly RenderedFact[],
): Promise<void> {
  if (positions.length === 0) return;
  await db.execute(sql`${prepared}
    INSERT INTO lost_positions (restore, name, version, timeline, hash, rendered_at)
    SELECT ${restore}::uuid, r.name, r.version::bigint, r.timeline::uuid, r.hash, r.at::timestamptz
    FROM unnest(${texts(positions.map(({ device }) => device))}, ${texts(positions.map(({ version }) => String(version)))},
      ${texts(positions.map(({ timeline }) => timeline))}, ${texts(positions.map(({ hash }) => hash))},
      ${texts(positions.map(({ at }) => at))}) AS r(name, version, timeline, hash, at)
    ON CONFLICT DO NOTHING`);
}

/** Positions of these devices that were lost when a restore was declared. A device without any is not in the map. */
export async function readLostPositions(
  db: Executor,
  restore: string,
  names: readonly string[],
): Promise<Map<string, LostPosition[]>> {
  const rows = await db.execute<{ name: string; version: number; timeline: string; hash: string }>(sql`${prepared}
    SELECT name, version::float8, timeline, hash FROM lost_positions
    WHERE restore = ${restore}::uuid AND name = ANY(${texts(names)}) ORDER BY name, version, timeline`);
  const positions = new Map<string, LostPosition[]>();
  for (const { name, version, timeline, hash } of rows) {
    positions.set(name, [...(positions.get(name) ?? []), { version, timeline, specHash: hash }]);
  }
  return positions;
}

/** The table of each kind of document. */
const tables = {
  Device: sql`devices`,
  Fleet: sql`fleets`,
  EnrollmentRequest: sql`enrollment_requests`,
} as const satisfies Record<DocumentKind, SQL>;

/** The edits that resources of these names are at. A resource that is not there is not in the map. */
export async function readEditNumbers(
  db: Executor,
  kind: DocumentKind,
  names: readonly string[],
): Promise<Map<string, EditNumber>> {
  const rows = await db.execute<{ name: string; created: number; version: number }>(sql`
    SELECT name, (extract(epoch FROM created_at) * 1000)::float8 AS created, resource_version::float8 AS version
    FROM ${tables[kind]} WHERE name = ANY(${texts(names)})`);
  return new Map(
    rows.map(({ name, created, version }) => [name, { createdAt: new Date(created), resourceVersion: version }]),
  );
}

/**
 * Keeps documents that the database does not know, for a restore that is about to be declared. The newest of each resource stays. A
 * snapshot does not know who left a document; the fact of the edit does.
 */
export async function saveLostDocuments(db: Executor, restore: string, facts: readonly WantedFact[]): Promise<void> {
  // A statement cannot change one row twice.
  const newest = new Map<string, WantedFact>();
  for (const fact of facts) {
    const key = `${fact.kind}/${fact.name}`;
    const known = newest.get(key);
    if (known === undefined || isNewer(fact, known)) newest.set(key, fact);
  }
  if (newest.size === 0) return;
  const rows = [...newest.values()];
  const column = (valueOf: (fact: WantedFact) => string | null) => texts(rows.map(valueOf));
  await db.execute(sql`
    INSERT INTO lost_documents (restore, kind, name, document, by, at, created_at, resource_version)
    SELECT ${restore}::uuid, r.kind, r.name, nullif(r.document, 'null')::jsonb, r.by, r.at::timestamptz, r.created::timestamptz, r.version::bigint
    FROM unnest(${column(({ kind }) => kind)}, ${column(({ name }) => name)},
      ${jsonTexts(rows.map(({ document }) => JSON.stringify(document)))}, ${column(({ by }) => by)}, ${column(({ at }) => at)},
      ${column(({ createdAt }) => createdAt)}, ${column(({ resourceVersion }) => String(resourceVersion))})
      AS r(kind, name, document, by, at, created, version)
    ON CONFLICT (restore, kind, name) DO UPDATE SET document = excluded.document, by = excluded.by, at = excluded.at,
      created_at = excluded.created_at, resource_version = excluded.resource_version
    WHERE (excluded.created_at, excluded.resource_version) > (lost_documents.created_at, lost_documents.resource_version)
      OR (lost_documents.by = ${byService.actor} AND excluded.resource_version = lost_documents.resource_version)`);
}

function isNewer(a: WantedFact, b: WantedFact): boolean {
  if (a.createdAt !== b.createdAt) return Date.parse(a.createdAt) > Date.parse(b.createdAt);
  return a.resourceVersion > b.resourceVersion;
}

/** Forgets documents that say what the database says already: a resource that was made and deleted again, an edit that was taken back. */
export async function forgetSameDocuments(db: Executor, restore: string): Promise<void> {
  const ofRestore = sql`l.restore = ${restore}::uuid`;
  const sameDesired = (kind: DocumentKind, owned: SQL) => sql`
    DELETE FROM lost_documents l USING ${tables[kind]} r
    WHERE ${ofRestore} AND l.kind = ${kind} AND l.name = r.name AND l.document IS NOT NULL
      AND coalesce(l.document #> '{metadata,labels}', '{}') = r.labels
      AND (${owned} OR coalesce(l.document -> 'spec', '{}') = r.spec)`;
  const gone = (kind: DocumentKind) => sql`
    DELETE FROM lost_documents l WHERE ${ofRestore} AND l.kind = ${kind} AND l.document IS NULL
      AND NOT EXISTS (SELECT FROM ${tables[kind]} r WHERE r.name = l.name)`;
  await Promise.all([
    // A document of a device that a fleet owns has no spec: the template of the fleet decides it.
    db.execute(sameDesired('Device', sql`NOT l.document ? 'spec'`)),
    db.execute(sameDesired('Fleet', sql`false`)),
    db.execute(gone('Device')),
    db.execute(gone('Fleet')),
    db.execute(gone('EnrollmentRequest')),
  ]);
}

/** Numbers of what was lost, as far as it is stored for a restore. */
export async function countLost(db: Executor, restore: string): Promise<{ positions: number; documents: number }> {
  const [row] = await db.execute<{ positions: number; documents: number }>(sql`
    SELECT (SELECT count(*)::float8 FROM lost_positions WHERE restore = ${restore}::uuid) AS positions,
      (SELECT count(*)::float8 FROM lost_documents WHERE restore = ${restore}::uuid) AS documents`);
  return row ?? { positions: 0, documents: 0 };
}

/** Rows that are removed in one step. */
const perStep = 5_000;

/**
 * Removes lost positions of restores that are over, and documents of restores that are not kept any more or were never declared.
 *
 * @param before id of a restore that would have been declared at a time: those of later ones may still be in the making
 */
export async function removeLost(tx: Executor, before: string): Promise<RemovalStep<number>> {
  const older = sql`l.restore < ${before}::uuid`;
  const positions = await tx.execute(sql`
    DELETE FROM lost_positions WHERE ctid IN (
      SELECT l.ctid FROM lost_positions l
      WHERE ${older} AND l.restore <> (SELECT current_restore FROM service_state) LIMIT ${perStep})`);
  const documents = await tx.execute(sql`
    DELETE FROM lost_documents WHERE ctid IN (
      SELECT l.ctid FROM lost_documents l
      WHERE ${older} AND NOT EXISTS (SELECT FROM restores r WHERE r.id = l.restore) LIMIT ${perStep})`);
  const removed = positions.count + documents.count;
  return { removed, next: positions.count < perStep && documents.count < perStep ? undefined : 0 };
}

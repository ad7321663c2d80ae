import { sql, type SQL } from 'drizzle-orm';
import { byService } from '../domain/event.ts';
import type { DocumentKind, RenderedFact, WantedFact } from '../domain/journal-facts/facts.ts';
import type { EditNumber, LostEdit } from '../domain/journal-facts/lost-documents.ts';
import type { JsonObject } from '../domain/json.ts';
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

/** A lost edit as it is stored. */
export type LostDocumentRow = LostEdit & {
  readonly key: LostKey;
  /** The database has a resource of that name now. */
  readonly exists: boolean;
  /** A person has edited the resource since the restore was declared. */
  readonly editedSince: boolean;
};

/** Names a lost edit of a restore. */
export type LostName = { readonly kind: DocumentKind; readonly name: string };

/** Key after which a page of lost edits goes on. */
export type LostKey = { readonly place: number; readonly name: string };

/** Place of a lost edit in the order in which they are put back: fleets before the devices that they own, and removed after them. */
const place = sql`CASE
  WHEN l.document IS NULL THEN CASE l.kind WHEN 'Device' THEN 3 WHEN 'EnrollmentRequest' THEN 4 ELSE 5 END
  ELSE CASE l.kind WHEN 'Fleet' THEN 0 WHEN 'EnrollmentRequest' THEN 1 ELSE 2 END END`;

type LostSelection = {
  readonly kind?: DocumentKind | undefined;
  readonly names?: readonly LostName[] | undefined;
  /** True to select only the edits that nobody has put back. */
  readonly pending?: boolean;
  readonly after?: LostKey | undefined;
  readonly limit: number;
};

/** Condition that a resource `r` was in the database when the restore was declared. */
const wasThere = sql`r.created_at < (SELECT declared_at FROM restores WHERE id = l.restore)`;

/** Lost edits of a restore, in the order in which they are put back. */
export async function listLostDocuments(
  db: Executor,
  restore: string,
  { kind, names, pending = false, after, limit }: LostSelection,
): Promise<LostDocumentRow[]> {
  const conditions = [
    sql`l.restore = ${restore}::uuid`,
    ...(kind === undefined ? [] : [sql`l.kind = ${kind}`]),
    ...(names === undefined
      ? []
      : [
          sql`(l.kind, l.name) IN (
            SELECT * FROM unnest(${texts(names.map((one) => one.kind))}, ${texts(names.map(({ name }) => name))}))`,
        ]),
    ...(pending ? [sql`l.replayed_at IS NULL`] : []),
    ...(after === undefined ? [] : [sql`(${place}, l.name) > (${after.place}, ${after.name})`]),
  ];
  const rows = await db.execute<{
    place: number;
    kind: DocumentKind;
    name: string;
    document: JsonObject | null;
    by: string;
    at: string;
    replayed_at: string | null;
    replayed_by: string | null;
    present: boolean;
    was_there: boolean;
    edited: boolean;
  }>(sql`
    SELECT ${place} AS place, l.kind, l.name, l.document, l.by, l.at, l.replayed_at, l.replayed_by,
      CASE l.kind WHEN 'Device' THEN EXISTS (SELECT FROM devices r WHERE r.name = l.name)
        WHEN 'Fleet' THEN EXISTS (SELECT FROM fleets r WHERE r.name = l.name)
        ELSE EXISTS (SELECT FROM enrollment_requests r WHERE r.name = l.name) END AS present,
      CASE l.kind WHEN 'Device' THEN EXISTS (SELECT FROM devices r WHERE r.name = l.name AND ${wasThere})
        WHEN 'Fleet' THEN EXISTS (SELECT FROM fleets r WHERE r.name = l.name AND ${wasThere})
        ELSE EXISTS (SELECT FROM enrollment_requests r WHERE r.name = l.name AND ${wasThere}) END AS was_there,
      EXISTS (SELECT FROM events e WHERE e.involved_kind = l.kind AND e.involved_name = l.name AND e.restore = l.restore
        AND e.reason IN ('ResourceCreated', 'ResourceUpdated', 'ResourceDeleted') AND e.actor <> ${byService.actor}) AS edited
    FROM lost_documents l WHERE ${sql.join(conditions, sql` AND `)} ORDER BY place, l.name LIMIT ${limit}`);
  return rows.map((row) => ({
    key: { place: row.place, name: row.name },
    kind: row.kind,
    name: row.name,
    document: row.document,
    by: row.by,
    at: new Date(row.at),
    replayedAt: row.replayed_at === null ? null : new Date(row.replayed_at),
    replayedBy: row.replayed_by,
    exists: row.present,
    existed: row.was_there,
    editedSince: row.edited,
  }));
}

/** Notes that a lost edit was put back. */
export async function markReplayed(
  db: Executor,
  restore: string,
  { kind, name }: LostName,
  { by, now }: { readonly by: string; readonly now: Date },
): Promise<void> {
  await db.execute(sql`
    UPDATE lost_documents SET replayed_at = ${now.toISOString()}::timestamptz, replayed_by = ${by}
    WHERE restore = ${restore}::uuid AND kind = ${kind} AND name = ${name}`);
}

/**
 * Gives a device that has come back the timeline and the version that the journal has for it, so that it is judged by what was rendered
 * for it last. The gate of the device stays as it is: AwaitingReconnect. The hash stays unknown, as after a graft: a spec that only
 * the journal has is never delivered (invariant S11), and the next render is of what the person put back.
 */
export async function returnToLostPosition(tx: Executor, restore: string, name: string): Promise<void> {
  await tx.execute(sql`
    UPDATE device_positions AS p SET timeline = l.timeline, version = l.version
    FROM (SELECT timeline, version FROM lost_positions WHERE restore = ${restore}::uuid AND name = ${name}
      ORDER BY version DESC, rendered_at DESC LIMIT 1) l
    WHERE p.name = ${name} AND p.version = 0`);
}

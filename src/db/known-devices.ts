import { sql } from 'drizzle-orm';
import type { Sightings } from '../domain/devices/clones.ts';
import type { LostPosition } from '../domain/journal-facts/lost-positions.ts';
import type { Executor } from './client.ts';
import { databaseMark } from './database-identity.ts';
import { prepared } from './driver/prepared-statements.ts';
import { holdRestore, onlyVerified } from './fence.ts';
import {
  lockPositions,
  positionColumns,
  toPositionRow,
  type PositionColumns,
  type PositionRow,
} from './position-store.ts';
import { readLostPositions } from './lost-store.ts';
import { currentRestoreDeclaredAt } from './restore-store.ts';

/** The facts about a stored status that decide what a newer one changes. */
export type KnownStatus = {
  readonly storedAt: Date;
  /** Digest of the document; null where a program stored it that knows nothing of digests. */
  readonly digest: string | null;
  /** Machines that have spoken in the device's name; null before one said any. */
  readonly machines: Sightings | null;
};

/** All that reports of some devices are decided by. */
export type KnownDevices = {
  readonly restore: { readonly id: string; readonly declaredAt: Date };
  /** Positions of the devices that are in the database. */
  readonly rows: ReadonlyMap<string, PositionRow>;
  /** Statuses of the devices that were asked for and have sent one. */
  readonly statuses: ReadonlyMap<string, KnownStatus>;
  /** Positions that were lost when the current restore was declared, of those devices that have any. */
  readonly lost: ReadonlyMap<string, readonly LostPosition[]>;
};

type StatusColumns = {
  readonly stored_ms: number | null;
  readonly digest: string | null;
  readonly machines: Sightings | null;
};
type ServiceColumns = {
  readonly restore: string;
  readonly declared_ms: number;
  /** Positions were lost when it was declared. */
  readonly has_lost: boolean;
  readonly mark: string;
};

const hasLost = sql`coalesce((r.journal ->> 'lostPositions')::float8 > 0, false)`;
/** The columns of a device are null in the only row of a read that finds no device. */
type Row = ServiceColumns &
  (({ readonly name: null } & Partial<StatusColumns>) | (PositionColumns & Partial<StatusColumns>));

const statusColumns = sql`(extract(epoch FROM s.reported_at) * 1000)::float8 AS stored_ms, s.digest, s.machines`;

/**
 * Reads it all as of one moment, by one statement and without locks.
 *
 * @param telling those of the devices that send a status
 */
export async function readKnownDevices(
  db: Executor,
  names: readonly string[],
  telling: readonly string[],
): Promise<KnownDevices> {
  const wantsStatuses = telling.length > 0;
  const rows = await db.execute<Row>(sql`${prepared}
    WITH service AS MATERIALIZED (
      SELECT r.id AS restore, (extract(epoch FROM r.declared_at) * 1000)::float8 AS declared_ms, ${hasLost} AS has_lost, ${databaseMark} AS mark
      FROM service_state JOIN restores r ON r.id = current_restore)
    SELECT service.*, ${positionColumns} ${wantsStatuses ? sql`, ${statusColumns}` : sql``}
    FROM service LEFT JOIN device_positions p ON p.name = ANY(${sql.param(names)}::text[])
      ${wantsStatuses ? sql`LEFT JOIN device_statuses s ON s.name = p.name` : sql``}`);
  const { restore, declared_ms: declaredMs, has_lost: anyLost } = onlyVerified(db, rows.slice(0, 1));
  const positions = new Map<string, PositionRow>();
  const statuses = new Map<string, KnownStatus>();
  for (const row of rows) {
    if (row.name === null) continue;
    positions.set(row.name, toPositionRow(row));
    noteStatus(statuses, row.name, row);
  }
  // They never change: they need not be of the same moment.
  const lost = anyLost ? await readLostPositions(db, restore, names) : new Map();
  return { restore: { id: restore, declaredAt: new Date(declaredMs) }, rows: positions, statuses, lost };
}

/**
 * Reads the same for a transaction, after which no restore can be declared and nobody else can change the positions until
 * it ends.
 */
export async function lockKnownDevices(
  tx: Executor,
  names: readonly string[],
  telling: readonly string[],
): Promise<KnownDevices> {
  const [id, rows, declaredAt, statuses] = await Promise.all([
    holdRestore(tx),
    lockPositions(tx, names),
    currentRestoreDeclaredAt(tx),
    readStatuses(tx, telling),
  ]);
  return { restore: { id, declaredAt }, rows, statuses, lost: await readLostPositions(tx, id, names) };
}

async function readStatuses(tx: Executor, names: readonly string[]): Promise<Map<string, KnownStatus>> {
  const statuses = new Map<string, KnownStatus>();
  if (names.length === 0) return statuses;
  const rows = await tx.execute<StatusColumns & { readonly name: string }>(sql`${prepared}
    SELECT s.name, ${statusColumns} FROM device_statuses s WHERE s.name = ANY(${sql.param(names)}::text[])`);
  for (const row of rows) noteStatus(statuses, row.name, row);
  return statuses;
}

function noteStatus(statuses: Map<string, KnownStatus>, name: string, row: Partial<StatusColumns>): void {
  const { stored_ms: storedMs, digest = null, machines = null } = row;
  if (storedMs !== undefined && storedMs !== null)
    statuses.set(name, { storedAt: new Date(storedMs), digest, machines });
}

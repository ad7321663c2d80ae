import { and, asc, eq, gt, sql, type SQL } from 'drizzle-orm';
import type { DevicePosition } from '../domain/recovery/position.ts';
import type { Executor } from './client.ts';
import { unknownDevices } from './schema.ts';

/** Most unknown devices that are remembered; later ones are turned away but not listed. */
const maxUnknownDevices = 100_000;

/** Remembers devices that spoke although they are not in the database, with the highest position each claimed. */
export async function recordUnknownDevices(
  tx: Executor,
  claims: ReadonlyMap<string, DevicePosition>,
  { restore, now }: { restore: string; now: Date },
): Promise<void> {
  if (claims.size === 0) return;
  const rows = [...claims].map(([name, claim]) => ({ name, t: claim.timeline, v: claim.version, h: claim.specHash }));
  const at = now.toISOString();
  await tx.execute(sql`
    INSERT INTO unknown_devices (name, restore, claimed_timeline, claimed_version, claimed_hash, first_seen, last_seen)
    SELECT r.name, ${restore}, r.t, r.v, r.h, ${at}::timestamptz, ${at}::timestamptz
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(name text, t uuid, v bigint, h text)
    WHERE (SELECT count(*) FROM (SELECT FROM unknown_devices LIMIT ${maxUnknownDevices}) AS known) < ${maxUnknownDevices}
    ORDER BY r.name
    ON CONFLICT (name) DO UPDATE SET restore = excluded.restore, last_seen = excluded.last_seen,
      claimed_timeline = ${higher('claimed_timeline')}, claimed_version = ${higher('claimed_version')}, claimed_hash = ${higher('claimed_hash')}`);
}

/** Keeps the higher of two claims of a device, as `highest` in domain/recovery/report.ts does for one device. */
function higher(column: 'claimed_timeline' | 'claimed_version' | 'claimed_hash'): SQL {
  const name = sql.identifier(column);
  const place = (row: string) =>
    sql.raw(`(${row}.claimed_version, coalesce(${row}.claimed_timeline, '00000000-0000-0000-0000-000000000000'))`);
  return sql`CASE WHEN ${place('excluded')} > ${place('unknown_devices')}
      OR (${place('excluded')} = ${place('unknown_devices')} AND excluded.claimed_hash IS NOT NULL)
    THEN excluded.${name} ELSE unknown_devices.${name} END`;
}

type UnknownDeviceRecord = {
  readonly name: string;
  readonly firstSeen: Date;
  readonly lastSeen: Date;
  readonly claimed: DevicePosition;
};

/** Devices that spoke in a restore and that the database still does not know, in name order. */
export async function pageOfUnknownDevices(
  db: Executor,
  { restore, after, limit }: { restore: string; after: string | undefined; limit: number },
): Promise<UnknownDeviceRecord[]> {
  const later = after === undefined ? undefined : gt(unknownDevices.name, after);
  const stillUnknown = sql`NOT EXISTS (SELECT FROM devices d WHERE d.name = ${unknownDevices.name})`;
  const query = db
    .select()
    .from(unknownDevices)
    .where(and(eq(unknownDevices.restore, restore), later, stillUnknown));
  const rows = await query.orderBy(asc(unknownDevices.name)).limit(limit);
  return rows.map(toRecord);
}

/** A device that spoke in a restore without being known; undefined if it did not, whether or not it is known by now. */
export async function findUnknownDevice(
  db: Executor,
  { name, restore }: { name: string; restore: string },
): Promise<UnknownDeviceRecord | undefined> {
  const query = db.select().from(unknownDevices);
  const [row] = await query.where(and(eq(unknownDevices.name, name), eq(unknownDevices.restore, restore)));
  return row && toRecord(row);
}

/** The highest version that a device claimed while it was not known, in whichever restore; 0 if it claimed none. */
export async function versionClaimedUnknown(tx: Executor, name: string): Promise<number> {
  const [row] = await tx
    .select({ version: unknownDevices.claimedVersion })
    .from(unknownDevices)
    .where(eq(unknownDevices.name, name));
  return row?.version ?? 0;
}

/** Takes a device off the list, if it is on it. After its counters are changed: that is the order of reports too. */
export async function forgetUnknownDevice(tx: Executor, name: string): Promise<void> {
  await tx.delete(unknownDevices).where(eq(unknownDevices.name, name));
}

function toRecord(row: typeof unknownDevices.$inferSelect): UnknownDeviceRecord {
  const { name, firstSeen, lastSeen, claimedTimeline, claimedVersion, claimedHash } = row;
  const claimed = { timeline: claimedTimeline, version: claimedVersion, specHash: claimedHash };
  return { name, firstSeen, lastSeen, claimed };
}

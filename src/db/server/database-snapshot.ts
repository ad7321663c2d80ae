import postgres from 'postgres';
import { copyOut } from '../driver/copy-out.ts';

/** A table as a backup holds it. */
export type SnapshotTable = {
  readonly name: string;
  /** Columns that are stored: not those that the database derives from them. */
  readonly columns: readonly string[];
  readonly rows: number;
};

/** The database as it was at one moment, whatever is written meanwhile. */
export type DatabaseSnapshot = {
  /** Name by which `pg_dump --snapshot` sees the same moment. */
  readonly exported: string;
  readonly takenAt: Date;
  /** PostgreSQL's version, such as `18.4`. */
  readonly serverVersion: string;
  /** Times of the migrations that the database has had, in Unix milliseconds: they name them. */
  readonly migrations: readonly number[];
  readonly restore: string;
  /** The current restore and those before it, newest first. */
  readonly lineage: readonly string[];
  /** Tables of `public`; one comes after those that it refers to. */
  readonly tables: readonly SnapshotTable[];
  readonly sequences: readonly { readonly name: string; readonly last: number }[];
  readonly highest: { readonly renderedVersion: number; readonly event: number };
  /** Positions of all devices, a JSON object a line, in byte order of the names. */
  positions(): AsyncIterable<Buffer>;
  /** Rows of a table in the text form of COPY. */
  rows(table: SnapshotTable): AsyncIterable<Buffer>;
};

type TableRow = { name: string; columns: string[]; needs: string[] };

/**
 * Works on the database as it is at this moment, in one transaction that only reads.
 *
 * @throws Error if it is not a database of Muster
 */
export async function withSnapshot<Result>(
  url: string,
  work: (snapshot: DatabaseSnapshot) => Promise<Result>,
): Promise<Result> {
  const client = postgres(url, {
    max: 1,
    onnotice: () => undefined,
    connect_timeout: 5,
    connection: { application_name: 'muster backup', idle_in_transaction_session_timeout: 0, statement_timeout: 0 },
  });
  try {
    const result = await client.begin('isolation level repeatable read read only', async (tx) => ({
      value: await work(await takeSnapshot(tx)),
    }));
    return result.value;
  } finally {
    await client.end({ timeout: 5 });
  }
}

async function takeSnapshot(tx: postgres.TransactionSql): Promise<DatabaseSnapshot> {
  const [there] = await tx<{ muster: boolean }[]>`SELECT to_regclass('public.muster_migrations') IS NOT NULL AS muster`;
  if (there?.muster !== true) throw new Error('this database is not one of Muster: it has had no migration');
  const [moment] = await tx<{ exported: string; taken: Date; version: string; restore: string | null }[]>`
    SELECT pg_export_snapshot() AS exported, transaction_timestamp() AS taken,
      split_part(current_setting('server_version'), ' ', 1) AS version, (SELECT current_restore FROM service_state) AS restore`;
  if (moment === undefined || moment.restore === null)
    throw new Error('this database has never been served: there is nothing to back up');
  const migrations = await tx<{ at: string }[]>`SELECT created_at AS at FROM muster_migrations ORDER BY created_at`;
  const restores = await tx<{ id: string }[]>`SELECT id FROM restores ORDER BY sequence DESC`;
  const [highest] = await tx<{ version: string; event: string }[]>`
    SELECT coalesce((SELECT max(version) FROM device_positions), 0) AS version,
      coalesce((SELECT max(id) FROM events), 0) AS event`;
  const rowsOf = async (name: string) => {
    const [counted] = await tx<{ rows: string }[]>`SELECT count(*) AS rows FROM ${tx(`public.${name}`)}`;
    return Number(counted?.rows);
  };
  const tables: SnapshotTable[] = [];
  for (const { name, columns } of inOrder(await readTables(tx)))
    tables.push({ name, columns, rows: await rowsOf(name) });
  const sequences = await tx<{ name: string; last: string }[]>`
    SELECT sequencename AS name, last_value AS last FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL`;
  return {
    exported: moment.exported,
    takenAt: moment.taken,
    serverVersion: moment.version,
    migrations: migrations.map(({ at }) => Number(at)),
    restore: moment.restore,
    lineage: restores.map(({ id }) => id),
    tables,
    sequences: sequences.map(({ name, last }) => ({ name, last: Number(last) })),
    highest: { renderedVersion: Number(highest?.version), event: Number(highest?.event) },
    positions: () => copyOut(tx.unsafe(positionsQuery)),
    rows: ({ name, columns }) => copyOut(tx`COPY ${tx(`public.${name}`)} (${tx(columns)}) TO STDOUT`),
  };
}

/** JSON holds no control character unescaped, so that with these two as quote and separator COPY writes it as it is. */
const positionsQuery = String.raw`
  COPY (SELECT json_build_object('name', p.name, 'owner', d.owner, 'mustered', p.mustered, 'timeline', p.timeline,
      'version', p.version, 'specHash', p.spec_hash, 'lineage', p.lineage,
      'reported', CASE WHEN p.reported_version IS NULL THEN NULL ELSE json_build_object('timeline', p.reported_timeline,
        'version', p.reported_version, 'specHash', p.reported_hash) END,
      'answeredRestore', p.answered_restore_id, 'conflict', p.conflict_verdict, 'lastSeen', p.last_seen)
    FROM device_positions p JOIN devices d USING (name) ORDER BY p.name)
  TO STDOUT WITH (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')`;

async function readTables(tx: postgres.TransactionSql): Promise<TableRow[]> {
  return await tx<TableRow[]>`
    SELECT c.relname AS name,
      ARRAY(SELECT a.attname::text FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum) AS columns,
      ARRAY(SELECT r.relname::text FROM pg_constraint k JOIN pg_class r ON r.oid = k.confrelid
        WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.confrelid <> c.oid) AS needs
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY c.relname`;
}

/** Puts tables behind those that they refer to. */
function inOrder(tables: readonly TableRow[]): TableRow[] {
  const ordered: TableRow[] = [];
  let left = [...tables];
  while (left.length > 0) {
    const names = new Set(left.map(({ name }) => name));
    const ready = left.filter(({ needs }) => needs.every((name) => !names.has(name)));
    if (ready.length === 0) throw new Error(`tables refer to each other in a circle: ${[...names].join(', ')}`);
    ordered.push(...ready);
    left = left.filter((table) => !ready.includes(table));
  }
  return ordered;
}

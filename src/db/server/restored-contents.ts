import postgres from 'postgres';

/** Longest time of one query that looks at what was restored. */
const queryTimeoutMs = 10 * 60_000;

type ForeignKey = {
  name: string;
  child: string;
  parent: string;
  child_columns: string[];
  parent_columns: string[];
  valid: boolean;
};

/** A database that is looked at in one transaction that only reads. */
export type ReadOnlyLook = {
  /** First value of the first row; null where there is none. */
  firstValue(sql: string): Promise<string | null>;
  /** Problems of references between tables: constraints that are not valid, and rows that refer to nothing. */
  brokenReferences(): Promise<string[]>;
  /** The restore that the database is in, and all that it has had; undefined where it is no database of Muster. */
  lineage(): Promise<{ current: string | null; restores: string[] } | undefined>;
  /** Migrations that it has had. */
  migrations(): Promise<number | undefined>;
};

/** Looks at a database without changing it. */
export async function lookAt<Result>(url: string, work: (look: ReadOnlyLook) => Promise<Result>): Promise<Result> {
  const client = postgres(url, {
    max: 1,
    onnotice: () => undefined,
    connect_timeout: 5,
    connection: { application_name: 'muster restore', statement_timeout: queryTimeoutMs },
  });
  try {
    const result = await client.begin('isolation level repeatable read read only', async (tx) => ({
      value: await work(lookWithin(tx)),
    }));
    return result.value;
  } finally {
    await client.end({ timeout: 5 });
  }
}

function lookWithin(tx: postgres.TransactionSql): ReadOnlyLook {
  const has = async (table: string) => {
    const [row] = await tx<{ there: boolean }[]>`SELECT to_regclass(${`public.${table}`}) IS NOT NULL AS there`;
    return row?.there === true;
  };
  return {
    async firstValue(sql) {
      const [row] = await tx.unsafe(sql).values();
      const value: unknown = row?.[0] ?? null;
      if (value === null) return null;
      return typeof value === 'string' ? value : value instanceof Date ? value.toISOString() : JSON.stringify(value);
    },
    async brokenReferences() {
      const keys = await tx<ForeignKey[]>`
        SELECT k.conname AS name, k.conrelid::regclass::text AS child, k.confrelid::regclass::text AS parent, k.convalidated AS valid,
          ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY u(num, place)
            JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.num ORDER BY u.place) AS child_columns,
          ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY u(num, place)
            JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.num ORDER BY u.place) AS parent_columns
        FROM pg_constraint k WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace ORDER BY k.conname`;
      const broken: string[] = [];
      for (const key of keys) {
        const orphans = await tx.unsafe<{ count: string }[]>(orphansOf(key));
        if (!key.valid) broken.push(`the foreign key ${key.name} is not valid`);
        if (Number(orphans[0]?.count) > 0)
          broken.push(`${orphans[0]?.count} rows of ${key.child} refer to rows of ${key.parent} that are not there`);
      }
      return broken;
    },
    async lineage() {
      if (!(await has('service_state')) || !(await has('restores'))) return undefined;
      const [state] = await tx<{ restore: string | null }[]>`SELECT current_restore AS restore FROM service_state`;
      const restores = await tx<{ id: string }[]>`SELECT id FROM restores ORDER BY sequence DESC`;
      return { current: state?.restore ?? null, restores: restores.map(({ id }) => id) };
    },
    async migrations() {
      if (!(await has('muster_migrations'))) return undefined;
      const [row] = await tx<{ count: string }[]>`SELECT count(*) AS count FROM muster_migrations`;
      return Number(row?.count);
    },
  };
}

function orphansOf({ child, parent, child_columns: own, parent_columns: theirs }: ForeignKey): string {
  const pairs = own.map((column, index) => `p.${quoted(theirs[index] ?? '')} = c.${quoted(column)}`).join(' AND ');
  const refers = own.map((column) => `c.${quoted(column)} IS NOT NULL`).join(' AND ');
  // Names of tables come quoted from the database.
  return `SELECT count(*) FROM ${child} c WHERE ${refers} AND NOT EXISTS (SELECT FROM ${parent} p WHERE ${pairs})`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

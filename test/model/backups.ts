import type postgres from 'postgres';

/** Makes a database keep backups of itself: real copies of everything in it, taken and put back by one call each. */
export async function keepBackups(client: postgres.Sql): Promise<void> {
  const tables = await client<{ name: string; columns: string }[]>`
    SELECT c.relname AS name, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'muster_migrations'
    GROUP BY c.relname ORDER BY c.relname IN ('restores', 'devices') DESC, c.relname`;
  // Tables that others refer to come first in the list, and are emptied last.
  const emptied = tables.toReversed().map(({ name }) => `DELETE FROM ${name};`);
  const taken = tables.map(
    ({ name, columns }) => `INSERT INTO backup.${name} (backup_number, ${columns}) SELECT n, ${columns} FROM ${name};`,
  );
  const filled = tables.map(
    ({ name, columns }) =>
      `INSERT INTO ${name} (${columns}) OVERRIDING SYSTEM VALUE SELECT ${columns} FROM backup.${name} WHERE backup_number = n;`,
  );
  const forgotten = tables.map(({ name }) => `DELETE FROM backup.${name} WHERE backup_number > n;`);
  const define = (name: string, statements: readonly string[]) =>
    `CREATE FUNCTION backup.${name}(n int) RETURNS bigint LANGUAGE plpgsql AS $$
     BEGIN ${statements.join('\n')} RETURN (SELECT coalesce(max(id), 0) FROM public.events); END $$;`;
  await client.unsafe(`
    CREATE SCHEMA backup;
    ${tables.map(({ name }) => `CREATE TABLE backup.${name} AS SELECT 0 AS backup_number, * FROM ${name} LIMIT 0;`).join('\n')}
    ${define('take', taken)}
    ${define('put_back', [...emptied, ...filled])}
    ${define('forget_after', forgotten)}`);
}

/** Takes a backup under a number. */
export async function takeBackup(client: postgres.Sql, number: number): Promise<void> {
  await client`SELECT backup.take(${number})`;
}

/** Puts a backup in the place of what is there. @returns the newest event in it */
export async function putBack(client: postgres.Sql, number: number): Promise<number> {
  const [row] = await client<{ newest: string }[]>`SELECT backup.put_back(${number}) AS newest`;
  return Number(row?.newest ?? 0);
}

/** Drops all backups after one. */
export async function forgetBackupsAfter(client: postgres.Sql, number: number): Promise<void> {
  await client`SELECT backup.forget_after(${number})`;
}

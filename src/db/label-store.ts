import { sql, type SQL } from 'drizzle-orm';
import type { Executor } from './client.ts';
import { fromDevices } from './device-store.ts';

/** The distinct labels of devices as `key=value`, in byte order. */
export async function listDeviceLabels(
  db: Executor,
  { where, limit }: { where: SQL; limit: number },
): Promise<string[]> {
  const rows = await db.execute<{ label: string }>(sql`
    SELECT DISTINCT (l.key || '=' || l.value) COLLATE "C" AS label
    ${fromDevices} CROSS JOIN LATERAL jsonb_each_text(d.labels) AS l WHERE ${where} ORDER BY label LIMIT ${limit}`);
  return rows.map((row) => row.label);
}

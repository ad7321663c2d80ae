import { sql } from 'drizzle-orm';
import { ensureGenesis } from '../../src/db/fence.ts';
import { uuidv7 } from '../../src/usecases/timeline-id.ts';
import type { TestContext } from './test-context.ts';

const emptied = [
  'devices',
  'unknown_devices',
  'enrollment_requests',
  'fleets',
  'rendered_specs',
  'events',
  'restores',
  'service_state',
  'database_age',
  'chores',
  'lost_positions',
  'lost_documents',
  'device_counts',
  'device_counting',
] as const;

/** Makes the database of a context as it was when fresh, with a first timeline of its own: much sooner than a new one is made. */
export async function emptyDatabase({ context }: TestContext): Promise<void> {
  await context.database.transact(async (tx) => {
    await Promise.all(emptied.map((table) => tx.execute(sql`DELETE FROM ${sql.identifier(table)}`)));
    await ensureGenesis(tx, uuidv7(context.clock.now()), context.clock.now());
  });
}

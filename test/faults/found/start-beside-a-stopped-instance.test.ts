import { sql } from 'drizzle-orm';
import { expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../../../src/config/config.ts';
import { holdRestore } from '../../../src/db/fence.ts';
import { startService } from '../../../src/service/service.ts';
import { connectTo, holdTransaction } from '../../support/held-transactions.ts';
import { createTestDatabase } from '../../support/test-database.ts';

// Found by the fault rig (row 21): a worker that was stopped in the middle of a transaction held the restore, and every
// instance that started meanwhile waited for the lock that makes the first timeline, although there had long been one.

it('starts while another instance stands still in the middle of its work', async () => {
  const database = await createTestDatabase();
  const config = readConfig({
    DATABASE_URL: database.url,
    MUSTER_API_LISTEN: '127.0.0.1:0',
    MUSTER_AGENT_LISTEN: '127.0.0.1:0',
    MUSTER_LOG_LEVEL: 'silent',
  });
  const first = await startService(config);
  await first.stop();
  const other = connectTo(database);
  const held = await holdTransaction(other, async (tx) => {
    await tx.execute(sql`SET LOCAL idle_in_transaction_session_timeout = 0`);
    return await holdRestore(tx);
  });
  onTestFinished(async () => {
    await held.commit();
    await other.close();
    await database.drop();
  });

  const second = await startService(config);
  expect((await fetch(`${second.api}/readyz`)).status).toBe(200);
  await second.stop();
});

import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../src/config/config.ts';
import { createContext } from '../src/context.ts';
import { createLog } from '../src/logging/log.ts';
import { RestoreWatch } from '../src/service/restore-watch.ts';
import { declareRestore } from '../src/usecases/declare-restore.ts';
import { readRestores } from '../src/usecases/read-restores.ts';
import { RedisServer } from './support/redis-server.ts';
import { requireRedis } from './support/test-database.ts';

let directory: string;
let redis: RedisServer;
const data = () => join(directory, 'data');

beforeAll(async () => {
  requireRedis();
  directory = await mkdtemp(join(tmpdir(), 'muster-snapshot-'));
  // As root, PostgreSQL runs as another user.
  await chmod(directory, 0o755);
  redis = await RedisServer.start();
}, 60_000);

afterAll(async () => {
  await redis.remove();
  await rm(directory, { recursive: true, force: true });
});

/**
 * Starts all that a service looks at before it serves, and stops it again.
 *
 * @returns the reasons of the restores that stand in the database right after the first look, newest first
 */
async function start(work: 'look' | 'go on' | 'declare' = 'look'): Promise<Array<string | undefined>> {
  const log = createLog('silent');
  const context = await createContext(readConfig({ MUSTER_DATA_DIR: data(), REDIS_URL: redis.url }), log);
  const watch = new RestoreWatch(context);
  try {
    if (work === 'declare') await declareRestore(context, { reason: 'INC-1', by: { actor: 'user:test' } });
    await watch.start();
    const { items } = await readRestores(context, { limit: 10, after: undefined });
    if (work === 'go on') {
      await context.database.pool.execute(sql`SELECT pg_logical_emit_message(true, 'test', repeat('x', 100000))`);
      await context.database.pool.execute(sql`CHECKPOINT`);
    }
    return items.map(({ spec }) => spec.reason);
  } finally {
    await watch.stop();
    await context.destroy();
  }
}

/** Copies files with their owners, as a volume snapshot does. */
const copy = (from: string, to: string) => promisify(execFile)('cp', ['-a', from, to]);

/** Files that are put back as they were, with all that the service keeps beside them in Redis as it is. */
async function putBack(): Promise<void> {
  await rm(data(), { recursive: true, force: true });
  await copy(join(directory, 'snapshot'), data());
}

test('a copy of the data directory that is put back is noticed before anything is served, at every start', async () => {
  await start();
  await copy(data(), join(directory, 'snapshot'));
  for (let round = 0; round < Number(process.env['SNAPSHOT_ROUNDS'] ?? 2); round += 1) {
    expect(await start('go on')).toHaveLength(round === 0 ? 0 : 1);
    await putBack();
    expect(await start()).toEqual([expect.stringContaining('where it has')]);
  }
}, 600_000);

test('one that a person declares is declared once', async () => {
  await start('go on');
  await putBack();
  expect(await start('declare')).toEqual(['INC-1']);
  expect(await start()).toEqual(['INC-1']);
}, 120_000);

import { expect, onTestFinished, test } from 'vitest';
import { startAgentServer } from '../support/agent-server.ts';
import { flush, redisDatabase } from '../support/redis-server.ts';
import { keptCounts } from '../support/restore-rows.ts';
import { requireRedis } from '../support/test-database.ts';

// Fails if what makes a device decide lies in Redis: emptied, everybody would be served at once, or awaited for ever.
test('a device is awaited, judged and paused although Redis forgot everything', async () => {
  const redis = await redisDatabase(requireRedis(), 9);
  const server = await startAgentServer({ env: { REDIS_URL: redis } });
  onTestFinished(() => server.close());
  const { fleet, context } = server;
  await fleet.running('ahead', 'behind');
  await fleet.declareRestore();
  await flush(redis);

  expect(await keptCounts(context)).toMatchObject({ awaiting: 2, answered: 0 });
  expect(await server.poll('ahead', { knownRenderedVersion: 5 })).toMatchObject({
    standing: { gate: 'ConflictPaused' },
  });
  await flush(redis);
  expect(await server.poll('behind', { knownRenderedVersion: 1 })).toMatchObject({ standing: { gate: 'Open' } });
  expect(await keptCounts(context)).toMatchObject({ awaiting: 0, answered: 2, conflict_paused: 1 });
});

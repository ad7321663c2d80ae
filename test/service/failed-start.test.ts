import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test, vi } from 'vitest';
import { muster } from '../cli/muster-process.ts';
import { createTestDatabase } from '../support/test-database.ts';

vi.setConfig({ testTimeout: 60_000 });

test('a service that cannot listen says why, and ends', async () => {
  const database = await createTestDatabase();
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const { code, stdout, stderr } = await muster(['serve'], {
    env: {
      DATABASE_URL: database.url,
      MUSTER_API_LISTEN: '127.0.0.1:0',
      MUSTER_AGENT_LISTEN: `127.0.0.1:${port}`,
      MUSTER_LOG_LEVEL: 'silent',
    },
  });
  taken.close();
  await database.drop();
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toBe(`error: the service cannot start: listen EADDRINUSE: address already in use 127.0.0.1:${port}\n`);
});

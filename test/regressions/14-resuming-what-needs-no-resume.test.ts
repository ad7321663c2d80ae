import { afterAll, beforeAll, expect, test } from 'vitest';
import { deviceYaml, startServer, type MusterServer } from '../cli/muster-server.ts';

let server: MusterServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

// Fails if a resume of nothing looks like a success: whoever mistyped a name, or came too late, would believe it is done.
test(
  'naming a device that needs no resume says so, counts none, and exits with an error',
  { timeout: 120_000 },
  async () => {
    await server.muster(['apply', '-f', '-'], deviceYaml('fine', { site: 'north' }));
    const asked = await server.muster(['resume', 'device', 'fine', '-y']);
    expect(asked.code).toBe(1);
    expect(asked.stdout + asked.stderr).toMatch(/fine/);
    expect(asked.stdout).not.toMatch(/Devices resumed: [1-9]/);
    const unknown = await server.muster(['resume', 'device', 'nobody', '-y']);
    expect(unknown.code).toBe(1);
  },
);

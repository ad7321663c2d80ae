import { expect, onTestFinished, test } from 'vitest';
import { listUnknownDevices } from '../../src/usecases/list-unknown-devices.ts';
import { startAgentServer } from '../support/agent-server.ts';

// Fails if an unknown device is told so in the words by which an unmodified agent erases its certificate: all that
// enrolled after the backup would be lost by the recovery.
test('a device that the database does not know is answered without the words that erase it, and is listed', async () => {
  const server = await startAgentServer();
  onTestFinished(() => server.close());
  await server.fleet.running('known');
  await server.fleet.declareRestore();
  const document = { apiVersion: 'flightctl.io/v1beta1', kind: 'Device', metadata: { name: 'x' }, status: {} };
  const json = (method: string, type: string, body: unknown) =>
    server.call('/devices/x/status', { method, headers: { 'content-type': type }, body: JSON.stringify(body) });
  const answers = [
    await server.poll('x', { knownRenderedVersion: 3 }),
    await json('PUT', 'application/json', document),
    await json('PATCH', 'application/json-patch+json', [{ op: 'add', path: '/status/summary', value: {} }]),
  ];
  for (const { code, text } of answers) {
    expect(code).toBe(404);
    // What the agent looks for: `Device of name %q not found`.
    expect(text).not.toMatch(/device of name .* not found/i);
  }
  const { items } = await listUnknownDevices(server.context, 'current', { limit: 10, after: undefined });
  expect(items).toMatchObject([{ name: 'x', reported: { renderedVersion: '3' } }]);
});

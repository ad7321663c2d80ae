import { expect, onTestFinished, test } from 'vitest';
import { startAgentServer } from '../support/agent-server.ts';

const noVersions = [
  'abc',
  '-1',
  '1.5',
  '1e3',
  '0x10',
  ' 7',
  '٧',
  'NaN',
  'null',
  '18446744073709551617',
  '9007199254740993',
];

// Fails if what is no number counts as 0, which passes every comparison, or if a large one wraps to a small one.
test('a reported version that is no number, or too large for one, is refused and changes nothing', async () => {
  const server = await startAgentServer();
  onTestFinished(() => server.close());
  await server.fleet.running('a');
  await server.fleet.declareRestore();
  const before = await server.fleet.row('a');
  for (const version of noVersions) {
    const polled = await server.poll('a', { knownRenderedVersion: version });
    const body = JSON.stringify({
      apiVersion: 'flightctl.io/v1beta1',
      kind: 'Device',
      metadata: { name: 'a' },
      status: { config: { renderedVersion: version } },
    });
    const put = { method: 'PUT', headers: { 'content-type': 'application/json' }, body };
    const told = await server.call('/devices/a/status', put);
    expect({ version, polled: polled.code, told: told.code }).toEqual({ version, polled: 400, told: 400 });
  }
  expect(await server.fleet.row('a')).toEqual(before);
});

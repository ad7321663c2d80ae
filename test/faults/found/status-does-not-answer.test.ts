import { expect, it, onTestFinished } from 'vitest';
import { keptCounts } from '../../support/restore-rows.ts';
import { startAgentServer } from '../../support/agent-server.ts';

// Found by the fault rig (seed 0, with devices that send a status first, as agents do): the answer to a status said that the
// device is awaited, and its row said that it had answered, without an event and without being counted.

const runs = (version: string) => ({
  apiVersion: 'flightctl.io/v1beta1',
  kind: 'Device',
  metadata: { name: 'a' },
  status: { config: { renderedVersion: version } },
});

it('a status that says something new leaves a device awaited, until a poll answers the restore', async () => {
  const server = await startAgentServer();
  onTestFinished(() => server.close());
  await server.fleet.create('a', { spec: { os: { image: 'quay.io/acme/a:1' } } });
  const restore = await server.fleet.declareRestore();

  const told = await server.call('/devices/a/status', {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(runs('0')),
  });
  expect(told).toMatchObject({ code: 200, standing: { gate: 'AwaitingReconnect', restore } });
  await server.fleet.render();
  expect(await server.fleet.row('a')).toMatchObject({ state: { reported: { version: 0 }, server: { version: 0 } } });
  expect((await server.fleet.row('a')).state.answeredRestore).not.toBe(restore);
  expect(await keptCounts(server.context)).toMatchObject({ awaiting: 1, answered: 0 });

  expect(await server.poll('a', { knownRenderedVersion: 0 })).toMatchObject({ standing: { gate: 'Open', restore } });
  expect((await server.fleet.row('a')).state.answeredRestore).toBe(restore);
  expect(await keptCounts(server.context)).toMatchObject({ awaiting: 0, answered: 1 });
});

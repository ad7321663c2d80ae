import { expect, onTestFinished, test } from 'vitest';
import { startAgentServer } from '../support/agent-server.ts';

// Fails if the next version is the server's own plus one: the device, at version 4, would ignore version 2 as old.
test('what a resumed device is sent has a higher version than it runs, also when its renders come in a row', async () => {
  const server = await startAgentServer();
  onTestFinished(() => server.close());
  const { fleet } = server;
  await fleet.paused('a');
  expect((await fleet.row('a')).state).toMatchObject({ server: { version: 1 }, reported: { version: 4 } });
  await fleet.resumeNamed('a');
  await fleet.render();
  const sent = { metadata: { annotations: { 'device-controller/renderedVersion': '5' } } };
  expect(await server.poll('a', { knownRenderedVersion: 4 })).toMatchObject({ code: 200, body: sent });

  await fleet.edit('a', 'quay.io/acme/a:2');
  await fleet.render();
  const next = { metadata: { annotations: { 'device-controller/renderedVersion': '6' } } };
  expect(await server.poll('a', { knownRenderedVersion: 5 })).toMatchObject({ code: 200, body: next });
});

import { expect, onTestFinished, test } from 'vitest';
import { startAgentServer } from '../support/agent-server.ts';

// Fails if an older report counts as where the device is now: it would clear the pause, or the next version would be
// one that the device has seen.
test('an agent that restarted and reports an older version neither ends a pause nor lowers what is known of it', async () => {
  const server = await startAgentServer();
  onTestFinished(() => server.close());
  const { fleet } = server;
  await fleet.paused('a');
  for (const version of [1, 0, 2]) expect((await fleet.report('a', version)).gate).toBe('ConflictPaused');
  expect((await fleet.row('a')).state.reported).toMatchObject({ version: 4 });
  await fleet.resumeNamed('a');
  await fleet.render();
  expect((await fleet.rendered('a')).version).toBe(5);
});

// Fails if a lower number is taken for a conflict: an agent that only forgot its newest spec is simply sent it again.
test('in normal operation the agent is sent the newest spec again, under the same version', async () => {
  const server = await startAgentServer();
  onTestFinished(() => server.close());
  const { fleet } = server;
  await fleet.running('a');
  await fleet.edit('a', 'quay.io/acme/a:2');
  await fleet.render();
  await fleet.report('a', await fleet.rendered('a'));
  expect(await server.poll('a', { knownRenderedVersion: 1 })).toMatchObject({
    code: 200,
    standing: { verdict: 'Behind', gate: 'Open' },
    body: {
      metadata: { annotations: { 'device-controller/renderedVersion': '2' } },
      spec: { os: { image: 'quay.io/acme/a:2' } },
    },
  });
});

import { expect, onTestFinished, test } from 'vitest';
import { startAgentServer } from '../support/agent-server.ts';
import { keptCounts } from '../support/restore-rows.ts';

// Fails if an edit writes the whole resource back, pause included, or if a new generation is reason enough to render.
test('an edit of a paused device is kept, does not end the pause, and is rendered only after the resume', async () => {
  const server = await startAgentServer({ env: { MUSTER_POLL_TIMEOUT: '100ms' } });
  onTestFinished(() => server.close());
  const { fleet, context } = server;
  await fleet.paused('a');
  await fleet.edit('a', 'quay.io/acme/a:edited');
  expect(await fleet.render()).toBe(0);
  expect(await keptCounts(context)).toMatchObject({ conflict_paused: 1 });
  const withheld = await server.poll('a', { knownRenderedVersion: 4 });
  expect(withheld).toMatchObject({ code: 204, standing: { gate: 'ConflictPaused' }, text: '' });

  await fleet.resumeNamed('a');
  expect(await fleet.render()).toBe(1);
  expect(await server.poll('a', { knownRenderedVersion: 4 })).toMatchObject({
    body: { spec: { os: { image: 'quay.io/acme/a:edited' } } },
  });
});

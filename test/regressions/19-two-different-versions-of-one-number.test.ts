import postgres from 'postgres';
import { expect, onTestFinished, test } from 'vitest';
import { keepBackups, putBack, takeBackup } from '../model/backups.ts';
import { startAgentServer } from '../support/agent-server.ts';

// Fails if positions are compared by their numbers: after a restore, an edit and another restore the device and the
// server are both at version 2, and mean different specs.
test('restore, roll forward, restore again: the same number on another timeline is a conflict', async () => {
  const server = await startAgentServer();
  const client = postgres(server.database.url, { max: 1, onnotice: () => undefined });
  onTestFinished(async () => {
    await client.end();
    await server.close();
  });
  const { fleet } = server;
  await fleet.running('a');
  await keepBackups(client);
  await takeBackup(client, 1);
  const rollForward = async (image: string) => {
    await putBack(client, 1);
    await fleet.declareRestore();
    // A report from before, which comes late, is an ancestor: it opens the gate.
    await fleet.report('a', await fleet.rendered('a'));
    await fleet.edit('a', image);
    await fleet.render();
    return await fleet.rendered('a');
  };
  const first = await rollForward('quay.io/acme/a:first');
  expect((await fleet.report('a', first)).verdict).toBe('InSync');

  const second = await rollForward('quay.io/acme/a:second');
  expect([first.version, second.version]).toEqual([2, 2]);
  expect(await fleet.report('a', first)).toMatchObject({ verdict: 'Diverged', gate: 'ConflictPaused' });
  expect(await fleet.report('a', { ...first, specHash: null })).toMatchObject({ verdict: 'Diverged' });
  // A device that states no timeline but the hash of what it runs is told apart by that.
  expect(await fleet.report('a', { ...first, timeline: null })).toMatchObject({ verdict: 'Diverged' });
});

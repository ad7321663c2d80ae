import { expect, onTestFinished, test } from 'vitest';
import { acceptReports } from '../../src/usecases/accept-reports.ts';
import { readDevice } from '../../src/usecases/read-device.ts';
import { startAgentServer } from '../support/agent-server.ts';
import { connectTo, holdTransaction, untilWaiting, within } from '../support/held-transactions.ts';

// Fails if a heartbeat writes back a state that it read before the decision was committed: the device would be awaited
// for ever. Here the heartbeat comes while the decision is made but not committed, and says what it saw before.
test('a heartbeat that comes while its device is decided about does not bring the old state back', async () => {
  const server = await startAgentServer();
  onTestFinished(() => server.close());
  const { context, fleet } = server;
  await fleet.running('a');
  await fleet.declareRestore();
  const other = connectTo(server.database);
  onTestFinished(() => other.close());

  const position = await fleet.rendered('a');
  const decision = await holdTransaction(other, (tx) =>
    acceptReports({ ...context, database: within(other, tx) }, [{ device: 'a', position }]),
  );
  const heartbeat = server.call('/devices/a/status', {
    method: 'PATCH',
    headers: { 'content-type': 'application/json-patch+json' },
    body: JSON.stringify([{ op: 'add', path: '/status/summary', value: { status: 'AwaitingReconnect' } }]),
  });
  // What writes nothing does not wait for the decision; what does would have to.
  await Promise.race([untilWaiting(other), heartbeat]);
  await decision.commit();

  expect(await heartbeat).toMatchObject({ code: 200 });
  expect((await readDevice(context, 'a')).status).toMatchObject({ summary: { status: 'Online' } });
  expect((await fleet.row('a')).state.answeredRestore).toBe(await server.restore());
});

import { expect, onTestFinished, test } from 'vitest';
import { resumeDevices } from '../../src/usecases/resume-devices.ts';
import { startAgentServer } from '../support/agent-server.ts';
import { connectTo, holdTransaction, untilWaiting, within } from '../support/held-transactions.ts';
import { eventRows } from '../support/restore-rows.ts';

// Fails if an instance decides on what it read before a resume of another one: its late write would pause the device again.
test('a report that two instances take, with a resume between, leaves the device resumed', async () => {
  const server = await startAgentServer();
  onTestFinished(() => server.close());
  const { fleet, context } = server;
  await fleet.paused('a');
  const { reported } = (await fleet.row('a')).state;
  const other = connectTo(server.database);
  onTestFinished(() => other.close());

  const resume = await holdTransaction(other, (tx) =>
    resumeDevices(
      { ...context, database: within(other, tx) },
      { fieldSelector: 'metadata.name=a', by: { actor: 'user:ada' } },
    ),
  );
  expect(resume.result.names).toEqual(['a']);
  // It says more than the device said before, so that there is something to write.
  const late = server.poll('a', {
    knownRenderedVersion: 4,
    timeline: reported?.timeline ?? '',
    specHash: 'b'.repeat(64),
  });
  await untilWaiting(other);
  await resume.commit();

  expect(await fleet.render()).toBe(1);
  expect(await late).toMatchObject({ code: 200, standing: { gate: 'Open' } });
  expect((await fleet.row('a')).state.conflict).toBeNull();
  expect(await eventRows(context, 'DeviceConflictPaused')).toHaveLength(1);
});

import { expect, onTestFinished, test } from 'vitest';
import { startAgentServer } from '../support/agent-server.ts';
import { eventRows, keptCounts } from '../support/restore-rows.ts';

// Fails if each report of a paused device counts as a conflict found, or if reports that come at once each find it first.
test('one conflict is one event and one device counted, however often and however close together it is reported', async () => {
  const server = await startAgentServer({ env: { MUSTER_REPORT_BATCH: '3' } });
  onTestFinished(() => server.close());
  const { fleet, context } = server;
  await fleet.running('a');
  await fleet.declareRestore();
  const versions = [5, 6, 5, 7, 5, 6, 7, 7, 5, 6];
  const reports = versions.map((version) => ({ device: 'a', position: { timeline: null, version, specHash: null } }));
  await Promise.all([
    ...reports.map((report) => server.gateway.reports.submit(report)),
    ...reports.map((report) => fleet.reportAll([report, report])),
  ]);
  expect(await eventRows(context, 'DeviceConflictPaused', 'DeviceAnswered')).toHaveLength(1);
  expect(await keptCounts(context)).toMatchObject({ answered: 1, conflict_paused: 1, awaiting: 0 });
});

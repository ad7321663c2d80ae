import { expect, it, onTestFinished } from 'vitest';
import { startAgentServer } from '../../support/agent-server.ts';
import { SocketDevice } from '../../support/socket-device.ts';

// Found by the fault rig (seed 149390): a report was judged late, after a restore, while a newer one of the same device
// already waited for its turn. The device was sent a spec for where it had been, not for where it had said that it was.

it('sends no spec in answer to a report after which the device has said that it is somewhere else', async () => {
  const server = await startAgentServer({ env: { MUSTER_REPORT_BATCH: '1' } });
  onTestFinished(() => server.close());
  await server.fleet.create('a', { spec: { os: { image: 'quay.io/acme/a:1' } } });
  await server.fleet.render();
  // The text of the spec is at hand, so that nothing has to be waited for between the verdict and the spec.
  expect(await server.poll('a', {})).toMatchObject({ code: 200 });
  const device = await SocketDevice.connect(server.url, 'a');
  device.report({ id: 1, renderedVersion: '0' });
  device.report({ id: 2, renderedVersion: '7' });

  expect(await device.next('verdict')).toMatchObject({ id: 1, verdict: 'Behind', gate: 'Open' });
  expect(await device.next('verdict')).toMatchObject({ id: 2, verdict: 'Ahead', gate: 'ConflictPaused' });
  await device.settled();
  expect(device.unread).toEqual([]);
});

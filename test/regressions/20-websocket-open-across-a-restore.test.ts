import { expect, onTestFinished, test } from 'vitest';
import { startAgentServer } from '../support/agent-server.ts';
import { SocketDevice } from '../support/socket-device.ts';

// Fails if a connection is judged when it is made and then trusted: it would be handed what the restored server renders.
test('a WebSocket that stays open across a restore is asked again, judged again, and handed nothing before', async () => {
  const server = await startAgentServer();
  const { fleet, gateway } = server;
  await fleet.running('a');
  const { timeline, specHash } = await fleet.rendered('a');
  const device = await SocketDevice.connect(server.url, 'a');
  onTestFinished(async () => {
    await device.close();
    await server.close();
  });
  const report = { renderedVersion: '1', timeline, specHash };
  expect(await device.ask(report)).toMatchObject({ verdict: 'InSync', gate: 'Open' });

  const restore = await fleet.declareRestore();
  expect(await device.next('report-request')).toMatchObject({ reason: 'restore' });
  await fleet.edit('a', 'quay.io/acme/a:2');
  expect(await fleet.render()).toBe(0);
  gateway.waiting.lookAt(['a']);
  await device.settled();
  expect(device.unread).toEqual([]);

  expect(await device.ask({ ...report, renderedVersion: '6' })).toMatchObject({ gate: 'ConflictPaused', restore });
  expect(await fleet.render()).toBe(0);
  await device.settled();
  expect(device.unread).toEqual([]);
});

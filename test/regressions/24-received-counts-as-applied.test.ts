import { expect, onTestFinished, test } from 'vitest';
import { deviceSchema } from '../../src/domain/resources/device.ts';
import { readDevice } from '../../src/usecases/read-device.ts';
import { startAgentServer } from '../support/agent-server.ts';

// Fails if a poll, which says what was received, makes a device up to date; if a version that failed on the device does; or
// if the highest version that was ever reported does after the device went back.
test('a device is up to date once it has applied the newest version, and not once it has received it', async () => {
  const server = await startAgentServer();
  onTestFinished(() => server.close());
  const status = async () => deviceSchema.parse(await readDevice(server.context, 'a')).status;
  const poll = (version: number) => server.fleet.report('a', version);
  const put = async (version: number, condition?: object) => {
    const body = JSON.stringify({
      apiVersion: 'flightctl.io/v1beta1',
      kind: 'Device',
      metadata: { name: 'a' },
      status: { config: { renderedVersion: String(version) }, ...(condition && { conditions: [condition] }) },
    });
    const headers = { 'content-type': 'application/json' };
    expect((await server.call('/devices/a/status', { method: 'PUT', headers, body })).code).toBe(200);
  };
  const updating = (is: 'True' | 'False', reason: string, message: string) => ({
    type: 'Updating',
    status: is,
    reason,
    message,
    lastTransitionTime: server.clock.now().toISOString(),
  });
  await server.fleet.running('a');
  await put(1);
  expect(await status()).toMatchObject({ updated: { status: 'UpToDate' }, config: { renderedVersion: '1' } });

  await server.fleet.edit('a', 'quay.io/acme/a:2');
  await server.fleet.render();
  await poll(2);
  expect(await status()).toMatchObject({
    updated: { status: 'OutOfDate', info: 'The device has applied version 1 of 2.' },
    config: { renderedVersion: '1' },
  });

  await put(1, updating('True', 'ApplyingUpdate', 'Pulling the image.'));
  await poll(2);
  expect((await status())?.updated).toEqual({ status: 'Updating', info: 'Pulling the image.' });

  await put(1, updating('False', 'Error', 'no space left on device'));
  await poll(2);
  expect(await status()).toMatchObject({
    updated: { status: 'OutOfDate', info: expect.stringContaining('no space left on device') },
    config: { renderedVersion: '1' },
  });

  await put(2, updating('False', 'Updated', 'Updated to version 2.'));
  expect(await status()).toMatchObject({ updated: { status: 'UpToDate' }, config: { renderedVersion: '2' } });

  // An agent that failed a version, or lost what it had, polls with a lower one after a restart.
  await poll(1);
  expect(await status()).toMatchObject({
    updated: { status: 'OutOfDate', info: 'The device has applied version 1 of 2.' },
    config: { renderedVersion: '1' },
  });
});

test('the first poll after a restore says what the device has, for the status that is stored is of the backup', async () => {
  const server = await startAgentServer();
  onTestFinished(() => server.close());
  const status = async () => deviceSchema.parse(await readDevice(server.context, 'a')).status;
  await server.fleet.running('a');
  await server.fleet.edit('a', 'quay.io/acme/a:2');
  await server.fleet.render();
  await server.fleet.declareRestore();
  expect((await status())?.updated.status).toBe('Unknown');
  await server.fleet.report('a', 2);
  expect(await status()).toMatchObject({ updated: { status: 'UpToDate' }, config: { renderedVersion: '2' } });
});

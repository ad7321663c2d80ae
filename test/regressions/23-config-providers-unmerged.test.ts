import { expect, onTestFinished, test } from 'vitest';
import { readDevice } from '../../src/usecases/read-device.ts';
import { startAgentServer } from '../support/agent-server.ts';

const file = (path: string, content: string) => ({ path, content });
const git = { name: 'site', gitRef: { repository: 'r', targetRevision: 'main', path: '/' } };

// Fails if providers are handed on as they are written: an agent reads the first one, and deletes the files of the others.
test('a device is sent the files of all its config providers in one, and nothing while one cannot be resolved', async () => {
  const server = await startAgentServer({ env: { MUSTER_POLL_TIMEOUT: '100ms' } });
  onTestFinished(() => server.close());
  const { fleet } = server;
  const config = [
    { name: 'one', inline: [file('/etc/one', '1')] },
    { name: 'two', inline: [file('/etc/two', '2')] },
    { name: 'three', inline: [file('/etc/three', '3')] },
  ];
  await fleet.create('a', { spec: { config } });
  await fleet.create('b', { spec: { config: [git, ...config] } });
  await fleet.render();
  const [first, ...others] = sentConfig(await server.poll('a', { knownRenderedVersion: 0 }));
  expect(others).toEqual([]);
  expect(first).toMatchObject({
    name: '',
    inline: [{ path: '/etc/one' }, { path: '/etc/two' }, { path: '/etc/three' }],
  });
  expect(await server.poll('b', { knownRenderedVersion: 0 })).toMatchObject({ code: 204 });
  expect((await readDevice(server.context, 'b')).status?.conditions).toContainEqual(
    expect.objectContaining({
      type: 'SpecValid',
      status: 'False',
      message: expect.stringContaining('config provider "site" cannot be resolved') as string,
    }),
  );
});

function sentConfig(answer: { readonly code: number; readonly body: unknown }): readonly unknown[] {
  expect(answer.code).toBe(200);
  return (answer.body as { spec: { config: unknown[] } }).spec.config;
}

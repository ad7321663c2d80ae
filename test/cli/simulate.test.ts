import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startTestService, type ServiceUnderTest } from '../simulator/running-service.ts';
import { muster } from './muster-process.ts';

// Every command is a process of its own, which takes its time to start.
vi.setConfig({ testTimeout: 120_000 });

let service: ServiceUnderTest;

beforeAll(async () => {
  // Devices that are ahead are what the tests below want, and no reason to declare a restore.
  service = await startTestService({ MUSTER_NOTICE_AHEAD: 'off' });
});

afterAll(() => service.close());

const simulate = (...words: string[]) =>
  muster(['simulate', '--duration', '10s', '--rate', '1000', ...words], {
    env: { MUSTER_SERVER: service.api, MUSTER_AGENT_SERVER: service.agent },
  });

test('devices that are registered are answered and run what was rendered for them', async () => {
  const ended = await simulate('--devices', '12', '--register', '--prefix', 'trial');
  expect(ended).toMatchObject({ code: 0 });
  const { stdout, stderr } = ended;
  expect(stdout).toMatch(/^Devices +12, 12 answered, 0 paused$/m);
  expect(stdout).toMatch(/^Specs +12 applied, 0 ignored, 0 failed$/m);
  expect(stdout).toMatch(/^Restarts +0$/m);
  expect(stdout).toMatch(/^Errors +none$/m);
  expect(stderr).toContain('Registered: 12/12');
});

test('shares that begin elsewhere are judged so, and the summary is one line of JSON', async () => {
  const words = [
    '--devices',
    '12',
    '--prefix',
    'trial',
    '--ahead',
    '25%',
    '--behind',
    '2',
    '--diverged',
    '1',
    '--json',
  ];
  const ended = await simulate(...words, '--transport', 'ws');
  expect(ended).toMatchObject({ code: 0 });
  expect(JSON.parse(ended.stdout)).toMatchObject({ devices: 12, answered: 12, paused: 4, specsApplied: 2, errors: {} });
});

test('agents that restart and unmodified ones take part, and run what was rendered for them', async () => {
  const words = [
    '--devices',
    '8',
    '--register',
    '--prefix',
    'again',
    '--restart',
    '50%',
    '--unmodified',
    '2',
    '--json',
  ];
  const ended = await simulate(...words);
  expect(ended).toMatchObject({ code: 0 });
  expect(JSON.parse(ended.stdout)).toMatchObject({ devices: 8, answered: 8, restarts: 4, specsFailed: 0, errors: {} });
});

test('devices that nobody registered get no answer, which is an error that says what to do', async () => {
  const { code, stdout, stderr } = await simulate('--devices', '2', '--prefix', 'stranger');
  expect(code).toBe(1);
  expect(stdout).toContain('2 device not known');
  expect(stderr).toContain('error: no device was answered: the server does not know them, --register creates them');
});

test('a server that does not answer is exit code 4', async () => {
  const { code, stderr } = await muster(['simulate', '--devices', '1', '--agent-server', 'http://127.0.0.1:9']);
  expect(code).toBe(4);
  expect(stderr).toContain('--agent-server or MUSTER_AGENT_SERVER says where');
});

test.each([
  ['an address that is not on this machine', ['--agent-server', 'http://192.0.2.1:7443'], '--allow-remote'],
  ['an admin API that is not on this machine', ['--register', '--server', 'http://192.0.2.1'], '--allow-remote'],
  ['what is no URL', ['--agent-server', 'somewhere'], 'expected a URL'],
  ['more unmodified agents than devices over HTTP', ['--unmodified', '6'], 'more than 5'],
  ['a rate of nothing', ['--rate', '0'], 'Expected 1 to'],
])('%s is refused with exit code 2', async (_what, words, message) => {
  const { code, stderr } = await muster(['simulate', '--devices', '10', ...words]);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});

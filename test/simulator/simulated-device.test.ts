import { afterEach, expect, test } from 'vitest';
import { annotationKeys } from '../../src/domain/devices/device-document.ts';
import type { DeviceAnswer, DeviceObserver, Reply } from '../../src/simulator/device-observer.ts';
import { SimulatedDevice } from '../../src/simulator/simulated-device.ts';
import { fresh } from '../../src/simulator/starting-point.ts';

const timeline = '01890000-0000-7000-8000-000000000001';
const hash = 'a'.repeat(64);
const image = (tag: string) => ({ os: { image: `quay.io/acme/os:${tag}` } });

const document = (version: number, spec: object = image('1')) => ({
  metadata: {
    annotations: {
      [annotationKeys.renderedVersion]: String(version),
      [annotationKeys.timeline]: timeline,
      [annotationKeys.renderedSpecHash]: hash,
      [annotationKeys.restore]: 'r1',
    },
  },
  spec,
});

const reply = (gate: DeviceAnswer['gate'], restore = 'r1'): Reply => ({
  code: 204,
  answer: { restore, gate, verdict: 'Ahead' },
  text: '',
});

const running: SimulatedDevice[] = [];

afterEach(() => {
  for (const device of running.splice(0)) device.stop();
});

function watched(): { device: SimulatedDevice; seen: string[] } {
  const seen: string[] = [];
  const observer: DeviceObserver = {
    reportSent: () => seen.push('report'),
    answered: (_device, { gate }) => seen.push(gate),
    delivered: (_device, { position }, before) => seen.push(`${before.version} to ${position.version}`),
    refused: (_device, { position }) => seen.push(`refused ${position.version}`),
    passed: (_machine, { cause, version }) => seen.push(`${cause} ${version}`),
  };
  const device = new SimulatedDevice('d', fresh, { observer });
  running.push(device);
  return { device, seen };
}

async function apply(device: SimulatedDevice, version: number, spec?: object): Promise<string> {
  const { kind } = device.receive(document(version, spec));
  await device.catchUp();
  return kind;
}

test('a device applies a spec, and is then where that spec stands for', async () => {
  const { device, seen } = watched();
  await apply(device, 3);
  expect(device.position).toEqual({ version: 3, timeline, specHash: hash });
  expect(device.applied).toBe(device.position);
  expect(device.spec).toEqual(image('1'));
  expect(seen).toEqual(['0 to 3', 'document 3']);
});

test('a device at version 3 drops a spec of version 2', async () => {
  const { device, seen } = watched();
  await apply(device, 3);
  expect(await apply(device, 2, image('old'))).toBe('dropped');
  expect(device.position.version).toBe(3);
  expect(device.spec).toEqual(image('1'));
  expect(seen.at(-1)).toBe('refused 2');
});

test('a version that fails is received and not applied, until the agent restarts', async () => {
  const { device } = watched();
  await apply(device, 5);
  await apply(device, 6, { applications: [{ name: 'a', appType: 'vm', image: 'quay.io/acme/vm:1' }] });
  expect([device.position.version, device.applied.version]).toEqual([6, 5]);
  expect(device.status.status).toMatchObject({ config: { renderedVersion: '5' } });
  device.restart();
  expect([device.position.version, device.applied.version]).toEqual([5, 5]);
});

test('a status speaks of the spec that is applied, and a poll of the one that was received', async () => {
  const { device } = watched();
  await apply(device, 5);
  await apply(device, 6, { applications: [{ name: 'a', appType: 'vm', image: 'quay.io/acme/vm:1' }] });
  expect(device.reports('status').sent.claim.version).toBe(5);
  expect(device.reports('poll').sent.claim).toEqual({ version: 6, timeline, specHash: hash });
});

test('a device states no more of its position than it is made to', async () => {
  for (const [states, claim] of [
    ['version', { version: 5, timeline: null, specHash: null }],
    ['version and hash', { version: 5, timeline: null, specHash: hash }],
  ] as const) {
    const device = new SimulatedDevice('d', fresh, { observer: {}, states });
    running.push(device);
    await apply(device, 5);
    expect(device.reports('poll').sent.claim).toEqual(claim);
  }
});

test('a position is confirmed by the answer to a report of it, and by no other', async () => {
  const { device } = watched();
  const before = device.reports('poll');
  await apply(device, 1);
  device.onReply(before, reply('Open'));
  expect(device.isConfirmed).toBe(false);
  device.onReply(device.reports('poll'), reply('Open'));
  expect(device.isConfirmed).toBe(true);
  device.restart();
  expect(device.isConfirmed).toBe(false);
});

test('a device owes its spec once for each pause, and none while it is not paused', () => {
  const { device } = watched();
  expect(device.owesSpec()).toBe(false);
  device.onReply(device.reports('poll'), reply('ConflictPaused'));
  expect(device.owesSpec()).toBe(true);
  device.toldSpec();
  device.onReply(device.reports('poll'), reply('ConflictPaused'));
  expect(device.owesSpec()).toBe(false);
  device.onReply(device.reports('poll'), reply('ConflictPaused', 'r2'));
  expect(device.owesSpec()).toBe(true);
  device.onReply(device.reports('poll'), reply('Open', 'r2'));
  expect(device.owesSpec()).toBe(false);
});

test('a status is due at the start and after a change, and not once it was accepted', async () => {
  const { device } = watched();
  const tell = () => device.statusAccepted(device.status);
  expect(device.isStatusDue()).toBe(true);
  tell();
  expect(device.isStatusDue()).toBe(false);
  await apply(device, 1);
  expect(device.isStatusDue()).toBe(true);
  tell();
  expect(device.isStatusDue()).toBe(false);
  device.restart();
  expect(device.isStatusDue()).toBe(true);
});

test('each condition that an update goes through is told while it holds', async () => {
  const { device } = watched();
  const told: unknown[] = [];
  const disconnect = device.connect(() => {
    const owed = device.status;
    told.push(owed.status['conditions']);
    device.statusAccepted(owed);
    return Promise.resolve();
  });
  await apply(device, 1, { applications: [{ name: 'a', appType: 'vm', image: 'quay.io/acme/vm:1' }] });
  disconnect();
  expect(told).toMatchObject([
    [{ type: 'Updating', status: 'True', reason: 'RollingBack' }],
    [{ type: 'Updating', status: 'False', reason: 'Error' }],
  ]);
});

test('an agent that is sent a document without a spec dies, and comes back as it was', async () => {
  const { device } = watched();
  await apply(device, 1);
  expect(device.receive({ metadata: {} })).toEqual({ kind: 'died' });
  expect(device.restarts).toBe(1);
  expect(device.spec).toEqual(image('1'));
});

import { expect, test } from 'vitest';
import { annotationKeys } from '../../src/domain/device-document.ts';
import type { DevicePosition } from '../../src/domain/position.ts';
import { carriesSpec, readDelivered } from '../../src/simulator/delivered-spec.ts';
import {
  fresh,
  SimulatedDevice,
  type DeviceAnswer,
  type DeviceObserver,
} from '../../src/simulator/simulated-device.ts';

const timeline = '01890000-0000-7000-8000-000000000001';
const hash = 'a'.repeat(64);

const delivered = (version: number, spec: object = { os: { image: 'quay.io/acme/os:1' } }) =>
  readDelivered({
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

const answer = (gate: DeviceAnswer['gate'], restore = 'r1'): DeviceAnswer => ({ restore, gate, verdict: 'Ahead' });

function watched(): { device: SimulatedDevice; seen: string[] } {
  const seen: string[] = [];
  const observer: DeviceObserver = {
    reportSent: () => seen.push('report'),
    answered: (_device, { gate }) => seen.push(gate),
    delivered: (_device, { position }, before) => seen.push(`${before.version} to ${position.version}`),
    refused: (_device, { position }) => seen.push(`refused ${position.version}`),
  };
  return { device: new SimulatedDevice('d', fresh, observer), seen };
}

test('a device applies a spec and is then where that spec stands for', () => {
  const { device, seen } = watched();
  expect(device.receive(delivered(3))).toBe(true);
  expect(device.position).toEqual({ version: 3, timeline, specHash: hash });
  expect(device.spec).toEqual({ os: { image: 'quay.io/acme/os:1' } });
  expect(seen).toEqual(['0 to 3']);
});

test.each([3, 2])('a device at version 3 refuses a spec of version %i', (version) => {
  const { device, seen } = watched();
  device.receive(delivered(3));
  expect(device.receive(delivered(version, { os: { image: 'quay.io/acme/os:old' } }))).toBe(false);
  expect(device.position.version).toBe(3);
  expect(device.spec).toEqual({ os: { image: 'quay.io/acme/os:1' } });
  expect(seen.at(-1)).toBe(`refused ${version}`);
});

test('a position is confirmed by the answer to a report of it, and by no other', () => {
  const { device } = watched();
  const before: DevicePosition = device.reports();
  device.receive(delivered(1));
  device.hear(answer('Open'), before);
  expect(device.isConfirmed).toBe(false);
  device.hear(answer('Open'), device.reports());
  expect(device.isConfirmed).toBe(true);
});

test('a device owes its spec once for each pause, and none while it is not paused', () => {
  const { device } = watched();
  expect(device.owesSpec()).toBe(false);
  device.hear(answer('ConflictPaused'), device.reports());
  expect(device.owesSpec()).toBe(true);
  device.toldSpec();
  device.hear(answer('ConflictPaused'), device.reports());
  expect(device.owesSpec()).toBe(false);
  device.hear(answer('ConflictPaused', 'r2'), device.reports());
  expect(device.owesSpec()).toBe(true);
  device.hear(answer('Open', 'r2'), device.reports());
  expect(device.owesSpec()).toBe(false);
});

test('what is shown of a paused device carries no spec; a spec that slips through does, and so does an empty newer one', () => {
  const runs = { version: 7, timeline, specHash: hash };
  expect(carriesSpec(delivered(7, {}), runs)).toBe(false);
  expect(carriesSpec(delivered(5, {}), runs)).toBe(false);
  expect(carriesSpec(delivered(5), runs)).toBe(true);
  expect(carriesSpec(delivered(8, {}), runs)).toBe(true);
});

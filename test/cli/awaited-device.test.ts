import { expect, test } from 'vitest';
import { standingOf } from '../../src/cli/actions/awaited-device.ts';
import type { Device } from '../../src/domain/resources/device.ts';

const image = { os: { image: 'quay.io/acme/os:1' } };
const at = (received: number, rendered: number) => ({
  'muster/receivedVersion': String(received),
  'device-controller/renderedVersion': String(rendered),
});
const upToDate = { summary: { status: 'Online' }, updated: { status: 'UpToDate' } };
const outOfDate = (info: string) => ({ summary: { status: 'Online' }, updated: { status: 'OutOfDate', info } });

test.each([
  ['upToDate', image, {}, upToDate, []],
  ['updating', image, {}, outOfDate('The device has applied version 1 of 2.'), []],
  ['paused', image, {}, { ...outOfDate('Paused.'), summary: { status: 'ConflictPaused' } }, []],
  ['nothingToSend', {}, {}, upToDate, []],
  ['unfilled', image, { 'fleet-controller/lastRolloutError': 'x' }, outOfDate('x'), []],
  ['unrendered', image, {}, outOfDate('y'), [{ type: 'SpecValid', status: 'False', reason: 'Invalid' }]],
  ['updating', image, at(5, 6), outOfDate('z'), [{ type: 'Updating', status: 'False', reason: 'Error' }]],
  ['failed', image, at(6, 6), outOfDate('z'), [{ type: 'Updating', status: 'False', reason: 'Error' }]],
  ['upToDate', image, {}, upToDate, [{ type: 'Updating', status: 'False', reason: 'Updated' }]],
] as const)('a device that is waited for is %s', (kind, spec, annotations, status, conditions) => {
  const device = { metadata: { name: 'a', annotations }, spec, status: { ...status, conditions } };
  expect(standingOf(device as unknown as Device).kind).toBe(kind);
});

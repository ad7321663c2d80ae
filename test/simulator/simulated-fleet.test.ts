import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { specHash } from '../../src/domain/rendering/spec-hash.ts';
import { DeliveryWitness } from '../../src/simulator/delivery-witness.ts';
import { togetherObserving } from '../../src/simulator/device-observer.ts';
import { OrderWitness } from '../../src/simulator/order-witness.ts';
import { fresh, type StartingPoint } from '../../src/simulator/starting-point.ts';
import { SimulatedFleet, type Member, type Transport } from '../../src/simulator/simulated-fleet.ts';
import { deviceRequest, fleetRequest } from '../support/documents.ts';
import { document } from './device/watched-agent.ts';
import { startTestService, type ServiceUnderTest } from './running-service.ts';

let service: ServiceUnderTest;
let number = 0;
const open: SimulatedFleet[] = [];
const reconnect = { firstMs: 50, capMs: 300 };
const transports: readonly Transport[] = ['http', 'ws'];

beforeAll(async () => {
  service = await startTestService();
});

afterAll(async () => {
  await Promise.all(open.map((fleet) => fleet.stop()));
  await service.close();
});

const image = (version: number) => ({ os: { image: `quay.io/acme/os:${version}` } });
/** The same in the form that a device is sent. */
const delivered = (version: number) => ({ ...image(version), config: [], consoles: [] });

async function register(count: number): Promise<string[]> {
  const names = Array.from({ length: count }, () => `sim-${(number += 1)}`);
  for (const name of names) await service.call('POST', '/devices', deviceRequest(name, { spec: image(1) }));
  return names;
}

/** Both transports take part in turn. */
function fleetOf(names: readonly string[], start: StartingPoint = fresh, orders?: OrderWitness) {
  const witness = new DeliveryWitness();
  const observer = togetherObserving(witness, orders);
  const members = names.map((name, index): Member => ({ name, transport: transports[index % 2] ?? 'http', start }));
  const fleet = new SimulatedFleet({ agentServer: service.agent, members, reconnect, observer });
  open.push(fleet);
  return { fleet, witness };
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(20);
}

const runs = (fleet: SimulatedFleet, version: number) => () =>
  fleet.devices.every((device) => device.position.version === version && device.isConfirmed);

/** Restarts all agents, and waits until each was answered again. */
async function restarted(fleet: SimulatedFleet): Promise<void> {
  fleet.restart(fleet.devices, { spreadMs: 50 });
  await until(() => fleet.devices.every((device) => device.isConfirmed));
}

const inline = (name: string, content: string) => ({ name, inline: [{ path: `/etc/${content}`, content }] });

const edit = async (names: readonly string[], version: number) => {
  for (const name of names)
    await service.call('PUT', `/devices/${name}`, deviceRequest(name, { spec: image(version) }));
};

const deviceShown = z.object({ status: z.object({ config: z.object({ renderedVersion: z.string() }) }) });
const conflictShown = z.object({ verdict: z.string(), difference: z.object({ text: z.string() }).nullable() });

test('devices of both transports run what is rendered for them, one version after another, and say so', async () => {
  const names = await register(6);
  const { fleet, witness } = fleetOf(names);
  fleet.start();
  await until(runs(fleet, 1));
  await edit(names, 2);
  await until(runs(fleet, 2));
  for (const device of fleet.devices) {
    expect(device.spec).toEqual(delivered(2));
    expect(device.position.specHash).toBe(specHash(delivered(2)));
    const shown = deviceShown.parse(await service.call('GET', `/devices/${device.name}`));
    expect(shown.status.config.renderedVersion).toBe('2');
  }
  expect(witness).toMatchObject({ violations: [], deliveries: 12, refusals: 0 });
  expect(fleet.counters).toMatchObject({ specsApplied: 12, specsRefused: 0, errors: [] });
  expect(fleet.counters.latency.count).toBeGreaterThanOrEqual(12);
});

test('a service that goes away and comes back is found again by every device', async () => {
  const names = await register(4);
  const { fleet, witness } = fleetOf(names);
  fleet.start();
  await until(runs(fleet, 1));
  await service.stop();
  await service.start();
  await edit(names, 2);
  await until(runs(fleet, 2));
  expect(witness.violations).toEqual([]);
});

test('devices whose network is cut get nothing, and catch up when it is mended', async () => {
  const names = await register(4);
  const { fleet } = fleetOf(names);
  fleet.start();
  await until(runs(fleet, 1));
  fleet.cut();
  await edit(names, 2);
  const control = fleetOf(await register(2)).fleet;
  control.start();
  await until(runs(control, 1));
  expect(fleet.devices.map(({ position }) => position.version)).toEqual([1, 1, 1, 1]);
  fleet.mend({ spreadMs: 50 });
  await until(runs(fleet, 2));
});

test('a device of either transport that is ahead is paused, tells its spec, and runs the next version once resumed', async () => {
  const names = await register(2);
  const first = fleetOf(names).fleet;
  first.start();
  await until(runs(first, 1));
  await first.stop();
  const [device] = first.devices;
  const lost = { os: { image: 'quay.io/acme/os:lost' } };
  const position = { version: 3, timeline: device?.position.timeline ?? null, specHash: specHash(lost) };
  const { fleet, witness } = fleetOf(names, { position, spec: lost });
  // To the witness these devices are past what it has seen the service send.
  fleet.start();
  await until(() => fleet.pausedCount === 2);
  for (const name of names) {
    const conflict = async () => conflictShown.parse(await service.call('GET', `/devices/${name}/conflict`));
    await until(async () => (await conflict()).difference !== null);
    const { verdict, difference } = await conflict();
    expect(verdict).toBe('Ahead');
    expect(difference?.text).toMatch(/-.*os:lost[^]*\+.*os:1/);
  }
  expect(witness.deliveries).toBe(0);
  witness.resuming(names.map((name) => ({ name, version: 3 })));
  const fieldSelector = `metadata.name in (${names.join(',')})`;
  await service.call('POST', '/deviceactions/resume', { fieldSelector });
  await until(runs(fleet, 4));
  expect(fleet.devices.map(({ spec }) => spec)).toEqual([delivered(1), delivered(1)]);
  expect(witness).toMatchObject({ violations: [], deliveries: 2 });
});

test('devices that restart while they are paused, and lose their fleet after it, keep all that somebody wrote for them', async () => {
  const orders = new OrderWitness();
  const written = { ...image(1), config: [inline('one', 'a'), inline('two', 'b')] };
  const fleetName = `fleet-${(number += 1)}`;
  const ring = { ring: fleetName };
  const spec = { selector: { matchLabels: ring }, template: { spec: written } };
  await service.call('POST', '/fleets', { ...fleetRequest(fleetName, ring), spec });
  const names = Array.from({ length: 4 }, () => `sim-${(number += 1)}`);
  for (const name of names) {
    orders.written(name, () => written);
    await service.call('POST', '/devices', deviceRequest(name, { labels: ring }));
  }
  const first = fleetOf(names, fresh, orders).fleet;
  first.start();
  await until(runs(first, 1));
  expect(orders.unordered).toEqual([]);
  const files = () => first.devices.map(({ machine }) => [...machine.files.keys()].toSorted());
  expect(files()).toEqual(names.map(() => ['/etc/a', '/etc/b']));
  // All of them restart between each step; the first two get ahead of the server.
  for (const device of first.devices.slice(0, 2)) {
    device.receive(document(9, device.spec));
    await device.catchUp();
  }
  await restarted(first);
  await until(() => first.pausedCount === 2);
  await restarted(first);
  await service.call('DELETE', `/fleets/${fleetName}`);
  await restarted(first);
  await sleep(3_000);
  await restarted(first);
  expect(files()).toEqual(names.map(() => ['/etc/a', '/etc/b']));
  expect(orders.unordered).toEqual([]);
});

test('devices that the server does not know are counted and keep what they run', async () => {
  const { fleet } = fleetOf(['nobody-1', 'nobody-2']);
  fleet.start();
  await until(() => fleet.counters.errorCount >= 2);
  expect(fleet.counters.errors[0]?.[0]).toBe('device not known');
  expect(fleet.counters.answered.size).toBe(0);
});

test('devices that connect while a restore is declared are all judged in it', async () => {
  const names = await register(20);
  const first = fleetOf(names).fleet;
  first.start();
  await until(runs(first, 1));
  first.cut();
  first.mend({ spreadMs: 150 });
  await sleep(60);
  const declared = z.object({ metadata: z.object({ name: z.string() }) });
  const { metadata } = declared.parse(await service.call('POST', '/restores', {}));
  await until(() => first.devices.every(({ answer }) => answer?.restore === metadata.name && answer.gate === 'Open'));
});

import type { StatedParts } from '../../src/simulator/stated-position.ts';
import { DeviceHttp } from './http-calls.ts';
import { now, type History } from './history.ts';
import type { Orders } from './orders.ts';
import { Random } from './random.ts';
import { RigDevice } from './rig-device.ts';

export const fleetNames = ['fleet-a', 'fleet-b', 'fleet-c'] as const;
export const groupCount = 8;

/**
 * The labels of a device, the same for every seed: three in four devices belong to a fleet. Fleets go by `fleet`, which
 * comes and goes; selectors of actions go by the others, which stay.
 */
export function labelsOf(name: string): Record<string, string> {
  const random = new Random(0).fork(name);
  const group = `g${random.between(0, groupCount - 1)}`;
  if (!random.chance(0.75)) return { rig: 'yes', group };
  const fleet = random.pick(fleetNames);
  return { rig: 'yes', group, home: fleet, fleet };
}

/** The labels of a device that one fault keeps for itself: no fleet edits it, nobody resumes it unasked. */
export const reservedLabels = { rig: 'no', group: 'none' } as const;

/** All simulated devices of a run, and reports beside their own. */
export class Population {
  readonly http: DeviceHttp;
  private readonly members = new Map<string, RigDevice>();
  private readonly parts: { readonly history: History; readonly random: Random; readonly orders: Orders };
  private readonly agentServer: string;

  constructor(
    agentPort: number,
    { history, random, orders, devices }: { history: History; random: Random; orders: Orders; devices: number },
  ) {
    this.parts = { history, random, orders };
    this.agentServer = `http://127.0.0.1:${agentPort}`;
    this.http = new DeviceHttp(agentPort, devices * 2 + 100);
  }

  /**
   * A device as it leaves the factory. One in six says no more than its number, half of them keep a WebSocket, and one in
   * three takes its time to fetch what it is sent.
   */
  manufacture(
    name: string,
    { states, labels = labelsOf(name) }: { states?: StatedParts; labels?: Readonly<Record<string, string>> } = {},
  ): RigDevice {
    const random = this.parts.random.fork(name);
    const drawn = random.next();
    const talkative = drawn < 0.16 ? 'version' : drawn < 0.24 ? 'version and hash' : 'all';
    const device = new RigDevice({
      ...this.parts,
      name,
      labels,
      states: states ?? talkative,
      transport: random.chance(0.5) ? 'http' : 'ws',
      applyMs: random.chance(0.33) ? random.between(100, 700) : 0,
      agentServer: this.agentServer,
      random,
    });
    this.members.set(name, device);
    this.parts.history.add({ kind: 'device', at: now(), name, labels: { ...labels } });
    return device;
  }

  get devices(): RigDevice[] {
    return [...this.members.values()];
  }

  device(name: string): RigDevice | undefined {
    return this.members.get(name);
  }

  speak(devices: readonly RigDevice[] = this.devices): void {
    for (const device of devices) device.speak();
  }

  async silence(devices: readonly RigDevice[] = this.devices): Promise<void> {
    await Promise.all(devices.map(async (device) => await device.silence()));
  }

  /** One report beside what the device's own line says. Only its answer is looked at if it is an old one. */
  async report(device: RigDevice, position = device.position, signal = new AbortController().signal): Promise<number> {
    return await this.http.poll(device, position, signal);
  }

  async close(): Promise<void> {
    await Promise.all(this.devices.map(async (device) => await device.stop()));
    await this.http.close();
  }
}

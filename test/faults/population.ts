import { DeviceHttp } from './http-calls.ts';
import { pollingLine, socketLine, type DeviceLine } from './device-lines.ts';
import { now, type History } from './history.ts';
import { Random } from './random.ts';
import { SimulatedDevice, type Tells } from './simulated-device.ts';

export const fleetNames = ['fleet-a', 'fleet-b', 'fleet-c'] as const;
export const groupCount = 8;

/** The labels of a device, the same for every seed: three in four devices belong to a fleet. */
export function labelsOf(name: string): Record<string, string> {
  const random = new Random(0).fork(name);
  const group = `g${random.between(0, groupCount - 1)}`;
  return { rig: 'yes', group, ...(random.chance(0.75) ? { fleet: random.pick(fleetNames) } : {}) };
}

/** The labels of a device that one fault keeps for itself: no fleet edits it, nobody resumes it unasked. */
export const reservedLabels = { rig: 'no', group: 'none' } as const;

export type Member = { readonly device: SimulatedDevice; readonly line: DeviceLine };

/** All simulated devices of a run, and the way they talk. */
export class Population {
  readonly http: DeviceHttp;
  readonly members = new Map<string, Member>();
  private readonly agentPort: number;
  private readonly history: History;
  private readonly random: Random;

  constructor(agentPort: number, parts: { history: History; random: Random; devices: number }) {
    this.agentPort = agentPort;
    this.history = parts.history;
    this.random = parts.random;
    this.http = new DeviceHttp(agentPort, parts.devices * 2 + 100);
  }

  /** A device as it leaves the factory: one in six says no more than its number, half of them keep a WebSocket. */
  manufacture(
    name: string,
    { tells, labels = labelsOf(name) }: { tells?: Tells; labels?: Readonly<Record<string, string>> } = {},
  ): SimulatedDevice {
    const random = this.random.fork(name);
    const drawn = random.next();
    const talkative = drawn < 0.16 ? 'number' : drawn < 0.24 ? 'hash' : 'all';
    const device = new SimulatedDevice({ name, labels, tells: tells ?? talkative, random, history: this.history });
    const line = random.chance(0.5) ? pollingLine(device, this.http) : socketLine(device, this.agentPort);
    this.members.set(name, { device, line });
    this.history.add({ kind: 'device', at: now(), name, labels: { ...labels } });
    return device;
  }

  get devices(): SimulatedDevice[] {
    return [...this.members.values()].map((member) => member.device);
  }

  speak(devices: readonly SimulatedDevice[] = this.devices): void {
    for (const { name } of devices) this.members.get(name)?.line.speak();
  }

  async silence(devices: readonly SimulatedDevice[] = this.devices): Promise<void> {
    await Promise.all(devices.map(async ({ name }) => await this.members.get(name)?.line.silence()));
  }

  /** One report beside what the device's own line says. Only its answer is looked at if it is an old one. */
  async report(
    device: SimulatedDevice,
    position = device.position,
    signal = new AbortController().signal,
  ): Promise<number> {
    const honest = position === device.position;
    return await this.http.poll(device, device.claimOf(position), honest, signal);
  }

  async close(): Promise<void> {
    await this.silence();
    await this.http.close();
  }
}

import type { DevicePosition } from '../domain/position.ts';
import { keepConnected, type Talking } from './connection-loop.ts';
import type { DeviceCredential } from './device-credential.ts';
import type { DeliveredSpec } from './delivered-spec.ts';
import { FleetCounters } from './fleet-counters.ts';
import { HttpDevice } from './http-device.ts';
import { NetworkLine } from './network-line.ts';
import { SimulatedDevice, type DeviceAnswer, type DeviceObserver, type StartingPoint } from './simulated-device.ts';
import { Backoff } from './waiting-times.ts';
import { WebSocketDevice } from './websocket-device.ts';

export type Transport = 'http' | 'ws';

export type Member = {
  readonly name: string;
  readonly transport: Transport;
  readonly start: StartingPoint;
  /** Not given where devices need not say who they are. */
  readonly credential?: DeviceCredential | undefined;
};

export type FleetOptions = {
  /** Base URL of the listener for devices. */
  readonly agentServer: string;
  /** The authorities, in PEM form, that its certificate may be from; those of the system if not given. */
  readonly agentCa?: string | undefined;
  readonly members: readonly Member[];
  /** Waits after failed attempts to connect: the first, and the longest. */
  readonly reconnect: { readonly firstMs: number; readonly capMs: number };
  /** Sees everything beside the fleet's own counters. */
  readonly observer?: DeviceObserver;
};

/** Many devices in one process, each with a connection of its own. */
export class SimulatedFleet {
  readonly counters = new FleetCounters();
  readonly devices: readonly SimulatedDevice[];
  private readonly options: FleetOptions;
  private readonly lines: readonly NetworkLine[];
  private readonly running: Promise<void>[] = [];

  constructor(options: FleetOptions) {
    this.options = options;
    const observer = countingObserver(this.counters, options.observer);
    this.devices = options.members.map(({ name, start }) => new SimulatedDevice(name, start, observer));
    this.lines = options.members.map(() => new NetworkLine());
  }

  /**
   * Lets the devices connect, in their order.
   *
   * @param ratePerSecond how many a second; at once if it is not given
   */
  start({ ratePerSecond }: { ratePerSecond?: number | undefined } = {}): void {
    for (const [index, line] of this.lines.entries()) {
      line.cut();
      line.mend(ratePerSecond === undefined ? 0 : (index / ratePerSecond) * 1_000);
      this.run(index, line);
    }
  }

  private run(index: number, line: NetworkLine): void {
    const { members, agentServer, agentCa, reconnect } = this.options;
    const device = this.devices[index];
    const member = members[index];
    if (device === undefined || member === undefined) return;
    const access = { ca: agentCa, credential: member.credential };
    const talking: Talking = { agentServer, access, line, backoff: new Backoff(reconnect), counters: this.counters };
    const talker = member.transport === 'http' ? new HttpDevice(device, talking) : new WebSocketDevice(device, talking);
    this.running.push(keepConnected(talking, (signal) => talker.session(signal)));
  }

  /** Cuts every device off, as if the network between them and the service had gone. */
  cut(): void {
    for (const line of this.lines) line.cut();
  }

  /** @param spreadMs the devices notice that the network is back at random times within so long */
  mend({ spreadMs }: { spreadMs: number }): void {
    for (const line of this.lines) line.mend(Math.random() * spreadMs);
  }

  /** Ends every connection, and resolves when they are gone. */
  async stop(): Promise<void> {
    for (const line of this.lines) line.stop();
    await Promise.all(this.running);
  }

  /** How many devices were last told that they are paused. */
  get pausedCount(): number {
    return this.devices.filter(({ answer }) => answer?.gate === 'ConflictPaused').length;
  }
}

function countingObserver(counters: FleetCounters, next: DeviceObserver | undefined): DeviceObserver {
  return {
    reportSent(device) {
      next?.reportSent(device);
    },
    answered(device: string, answer: DeviceAnswer, reported: DevicePosition) {
      counters.reports += 1;
      counters.verdicts[answer.verdict] += 1;
      counters.answered.add(device);
      next?.answered(device, answer, reported);
    },
    delivered(device: string, delivered: DeliveredSpec, before: DevicePosition) {
      if (delivered.position.version > before.version) counters.specsApplied += 1;
      next?.delivered(device, delivered, before);
    },
    refused(device, delivered, before) {
      counters.specsRefused += 1;
      next?.refused(device, delivered, before);
    },
  };
}

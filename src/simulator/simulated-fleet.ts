import { keepConnected, type Talking } from './connection-loop.ts';
import type { DeviceCredential } from './device-credential.ts';
import { togetherObserving, type DeviceObserver } from './device-observer.ts';
import { agentTimes, type AgentTimes } from './device/agent-times.ts';
import { GrowingWait } from './device/growing-wait.ts';
import { FleetCounters } from './fleet-counters.ts';
import { HttpDevice, type Manner } from './http-device.ts';
import { NetworkLine } from './network-line.ts';
import { SimulatedDevice } from './simulated-device.ts';
import type { StartingPoint } from './starting-point.ts';
import { Backoff } from './waiting-times.ts';
import { WebSocketDevice } from './websocket-device.ts';

export type Transport = 'http' | 'ws';

export type Member = {
  readonly name: string;
  readonly transport: Transport;
  readonly start: StartingPoint;
  /** Absent if devices need not authenticate. */
  readonly credential?: DeviceCredential | undefined;
  /** Manner of talking over HTTP; as a device made for Muster if not given. */
  readonly manner?: Manner | undefined;
  /** It has no certificate, and enrolls before all else. Only over HTTP. */
  readonly enrolls?: boolean | undefined;
};

/** An agent's times, but polls follow each other at once: for trials that should not wait. */
const briskTimes: AgentTimes = { ...agentTimes, pollGapMs: 100 };

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
  /** The times that the agents keep; {@link briskTimes} if not given, and {@link agentTimes} for unmodified ones. */
  readonly times?: AgentTimes;
};

/** Many devices in one process, each with its own connection. */
export class SimulatedFleet {
  readonly counters = new FleetCounters();
  readonly devices: readonly SimulatedDevice[];
  private readonly options: FleetOptions;
  private readonly lines: ReadonlyMap<SimulatedDevice, NetworkLine>;
  private readonly running: Promise<void>[] = [];

  constructor(options: FleetOptions) {
    this.options = options;
    const observer = togetherObserving(countingObserver(this.counters), options.observer);
    this.devices = options.members.map(
      (member) =>
        new SimulatedDevice(member.name, member.start, {
          observer,
          times: this.timesOf(member),
          states: member.manner === 'flightctl' ? 'version' : 'all',
        }),
    );
    this.lines = new Map(this.devices.map((device) => [device, new NetworkLine()]));
  }

  /**
   * Lets the devices connect, in their order.
   *
   * @param ratePerSecond how many a second; at once if it is not given
   */
  start({ ratePerSecond }: { ratePerSecond?: number | undefined } = {}): void {
    for (const [index, line] of [...this.lines.values()].entries()) {
      line.cut();
      line.mend(ratePerSecond === undefined ? 0 : (index / ratePerSecond) * 1_000);
      this.run(index, line);
    }
  }

  private run(index: number, line: NetworkLine): void {
    const { members, agentServer, agentCa } = this.options;
    const device = this.devices[index];
    const member = members[index];
    if (device === undefined || member === undefined) return;
    const access = { ca: agentCa, credential: member.credential };
    const backoff = this.backoffOf(member);
    const talking: Talking = { agentServer, access, line, backoff, counters: this.counters };
    const talker = this.talkerOf(member, device, talking);
    this.running.push(keepConnected(talking, (signal) => talker.session(signal)));
  }

  private talkerOf(member: Member, device: SimulatedDevice, talking: Talking): HttpDevice | WebSocketDevice {
    const { transport, manner = 'muster', enrolls = false } = member;
    switch (transport) {
      case 'http':
        return new HttpDevice(device, talking, { manner, enrolls, times: this.timesOf(member) });
      case 'ws':
        return new WebSocketDevice(device, talking, this.timesOf(member));
      default:
        return transport satisfies never;
    }
  }

  private timesOf({ manner }: Member): AgentTimes {
    return this.options.times ?? (manner === 'flightctl' ? agentTimes : briskTimes);
  }

  private backoffOf(member: Member): Talking['backoff'] {
    if (member.manner !== 'flightctl') return new Backoff(this.options.reconnect);
    return new GrowingWait({ ...this.timesOf(member).pollRetry, factor: 2, spread: 0.2 }, Math.random);
  }

  /** Cuts every device off, as if the network between them and the service had gone. */
  cut(): void {
    for (const line of this.lines.values()) line.cut();
  }

  /** @param spreadMs time within which the devices notice, at random, that the network is back */
  mend({ spreadMs }: { spreadMs: number }): void {
    for (const line of this.lines.values()) line.mend(Math.random() * spreadMs);
  }

  /**
   * Restarts agents: each loses its connection and all that is not on its machine, and comes back.
   *
   * @param spreadMs time within which they are back, at random, if their network is there
   */
  restart(devices: Iterable<SimulatedDevice>, { spreadMs }: { spreadMs: number }): void {
    for (const device of devices) {
      device.restart();
      const line = this.lines.get(device);
      if (line === undefined || line.isCut) continue;
      line.cut();
      line.mend(Math.random() * spreadMs);
    }
  }

  /** Ends every connection, and resolves when they are gone. */
  async stop(): Promise<void> {
    for (const device of this.devices) device.stop();
    for (const line of this.lines.values()) line.stop();
    await Promise.all(this.running);
  }

  /** Devices that were last told that they are paused. */
  get pausedCount(): number {
    return this.devices.filter(({ answer }) => answer?.gate === 'ConflictPaused').length;
  }
}

/** Counts the events of all devices of a fleet. */
function countingObserver(counters: FleetCounters): DeviceObserver {
  return {
    answered(device, answer) {
      counters.reports += 1;
      counters.verdicts[answer.verdict] += 1;
      counters.answered.add(device);
    },
    refused() {
      counters.specsRefused += 1;
    },
    passed(_machine, { cause }) {
      if (cause === 'document') counters.specsApplied += 1;
      if (cause === 'rollback') counters.specsFailed += 1;
    },
  };
}

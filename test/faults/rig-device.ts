import type { DevicePosition } from '../../src/domain/recovery/position.ts';
import { keepConnected, type SessionEnd, type Talking } from '../../src/simulator/connection-loop.ts';
import { agentTimes, type AgentTimes } from '../../src/simulator/device/agent-times.ts';
import { FleetCounters } from '../../src/simulator/fleet-counters.ts';
import { HttpDevice } from '../../src/simulator/http-device.ts';
import { NetworkLine } from '../../src/simulator/network-line.ts';
import { SimulatedDevice } from '../../src/simulator/simulated-device.ts';
import { fresh } from '../../src/simulator/starting-point.ts';
import type { StatedParts } from '../../src/simulator/stated-position.ts';
import { Backoff } from '../../src/simulator/waiting-times.ts';
import { WebSocketDevice } from '../../src/simulator/websocket-device.ts';
import { DeviceRecord } from './device-record.ts';
import { now, type History } from './history.ts';
import type { Orders } from './orders.ts';
import type { Random } from './random.ts';

/** The times of the rig's devices, but for {@link AgentTimes.applyMs}: those of an agent would outlast a seed. */
const times: Omit<AgentTimes, 'applyMs'> = {
  ...agentTimes,
  pollGapMs: 40,
  pollPatienceMs: 20_000,
  passAgain: { firstMs: 1_500, capMs: 15_000 },
  statusEveryMs: 2_000,
  reportEveryMs: 1_700,
  afterRefusalMs: 300,
  afterUnknownMs: 1_000,
};
/** Waits after failures. */
const reconnect = { firstMs: 200, capMs: 800 };
const longestPauseMs = 300;

/** The ways to restart a device: its agent alone, or all of it. */
type Restart = 'agent restart' | 'reboot';

type Parts = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly states: StatedParts;
  readonly transport: 'http' | 'ws';
  /** From the arrival of a spec until it is applied. */
  readonly applyMs: number;
  readonly agentServer: string;
  readonly random: Random;
  readonly history: History;
  readonly orders: Orders;
};

/** A simulated device with its line to the service, and the record of it. It outlives every restore. */
export class RigDevice {
  readonly name: string;
  /** Those that it was registered with. Only `fleet` ever changes. */
  readonly labels: Readonly<Record<string, string>>;
  readonly record: DeviceRecord;
  readonly simulated: SimulatedDevice;
  private readonly parts: Parts;
  private readonly line = new NetworkLine();
  private readonly talker: { session(signal: AbortSignal): Promise<SessionEnd> };
  private readonly talking: Talking;
  private session: Promise<SessionEnd> | undefined;
  private running: Promise<void> | undefined;

  constructor(parts: Parts) {
    const { name, labels, states, transport, applyMs, agentServer, random, history, orders } = parts;
    this.parts = parts;
    this.name = name;
    this.labels = labels;
    this.record = new DeviceRecord(history, orders);
    const chance = () => random.next();
    const ownTimes = { ...times, applyMs };
    this.simulated = new SimulatedDevice(name, fresh, { observer: this.record, times: ownTimes, states, chance });
    const backoff = new Backoff(reconnect, chance);
    this.talking = { agentServer, access: {}, line: this.line, backoff, counters: new FleetCounters() };
    const manner = states === 'version' ? 'flightctl' : 'muster';
    this.talker =
      transport === 'ws'
        ? new WebSocketDevice(this.simulated, this.talking, ownTimes)
        : new HttpDevice(this.simulated, this.talking, { manner, times: ownTimes, enrolls: false });
    this.line.cut();
  }

  /** The position that it received last: what it reports. */
  get position(): DevicePosition {
    return this.simulated.position;
  }

  get gate(): string | null {
    return this.record.gate;
  }

  get states(): StatedParts {
    return this.parts.states;
  }

  /** It has received a spec that it has not applied yet. */
  get isUpdating(): boolean {
    return this.position.version > this.simulated.applied.version;
  }

  get isSpeaking(): boolean {
    return !this.line.isCut;
  }

  speak(): void {
    this.running ??= keepConnected(this.talking, async (signal) => {
      this.session = this.talker.session(signal);
      return await this.session;
    });
    this.line.mend(this.parts.random.between(0, longestPauseMs));
  }

  /** Cuts its line, and resolves when nothing is under way. The agent keeps working. */
  async silence(): Promise<void> {
    this.line.cut();
    await this.session?.catch(() => undefined);
  }

  /** Ends its agent in whatever it is at, and the connections with it. */
  restart(how: Restart): void {
    this.parts.history.add({ kind: 'restart', at: now(), device: this.name, how });
    if (how === 'reboot') this.simulated.reboot();
    else this.simulated.restart();
    if (!this.isSpeaking) return;
    this.line.cut();
    this.line.mend(this.parts.random.between(0, longestPauseMs));
  }

  /** Takes a document that came beside its own line. */
  take(document: unknown): void {
    this.simulated.receive(document);
    void this.simulated.catchUp().catch(() => undefined);
  }

  /** For good. */
  async stop(): Promise<void> {
    this.simulated.stop();
    this.line.stop();
    await this.running;
  }
}

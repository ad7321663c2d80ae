import { Device, createSpec, type Claim, type Form, type Report, type Spec } from './history.ts';
import {
  commitRender,
  create,
  genesis,
  report,
  renderInputs,
  type RenderInput,
  type ServerState,
} from './reference-model.ts';

/** Most reports that the network holds back; the oldest of more are lost. */
const maxHeldBack = 24;

/** What the commands act on beside the real thing: what the server should believe, and what is true. */
export class World {
  server: ServerState;
  readonly devices: ReadonlyMap<string, Device>;
  /** Every spec there ever was, by id. */
  readonly history: Map<string, Spec>;
  /** Reports that the network may deliver: late, again, in any order. */
  bag: Report[] = [];
  /** Polls that were taken and are held open. */
  polls: Report[] = [];
  readonly backups: ServerState[] = [];
  /** A sweep that has read its inputs and not committed yet. */
  held: { readonly restore: string; readonly inputs: readonly RenderInput[] } | null = null;
  /** Restores, oldest first. */
  readonly restores: string[] = [];
  /** How often what happened, for the question whether the sequences reach what they are for. */
  readonly reached = new Map<string, number>();
  private lastNumber = 0;

  private readonly focus: number;

  constructor(server: ServerState, devices: Iterable<Device>, history: ReadonlyMap<string, Spec>, focus = 0) {
    this.server = server;
    this.focus = focus;
    this.devices = new Map([...devices].map((device) => [device.name, device]));
    this.history = new Map(history);
    this.backups.push(server);
    this.restores.push(server.restore);
  }

  /** A number that was not used before, so that no two contents are the same. */
  next(): number {
    this.lastNumber += 1;
    return this.lastNumber;
  }

  /** A device by its number, counted from the one that the sequence is about. */
  device(index: number): Device {
    const device = [...this.devices.values()][(this.focus + index) % this.devices.size];
    if (device === undefined) throw new Error('the world has no devices');
    return device;
  }

  note(what: string): void {
    this.reached.set(what, (this.reached.get(what) ?? 0) + 1);
  }

  /** A device makes a claim, which is on its way from now on; the answer to it is the one that the device waits for. */
  send(device: Device, claim: Omit<Claim, 'device'>): Report {
    const withSpec = (claim.withSpec || device.asked) && claim.form !== 'silent';
    const sent = { id: this.next(), claim: { ...claim, withSpec, device: device.name } };
    if (withSpec) device.asked = false;
    this.bag = [...this.bag, sent].slice(-maxHeldBack);
    if (claim.form !== 'silent') device.live = sent.id;
    return sent;
  }

  /** Goes on with a state, and keeps the specs that came with it. */
  advance(state: ServerState): void {
    this.server = state;
    for (const { spec } of state.devices.values()) if (spec !== null) this.history.set(spec.id, spec);
  }

  /** A spec of another control plane. */
  foreignSpec(device: Device, timeline: string, version: number): Spec {
    const place = { device: device.name, timeline, version, content: `quay.io/elsewhere/os:${this.next()}` };
    const spec = createSpec(place, new Set());
    this.history.set(spec.id, spec);
    return spec;
  }

  /** The spec with the position and hash that something carried; undefined if there never was one. */
  find(
    device: string,
    { timeline, version, specHash }: { timeline: string; version: number; specHash: string | null },
  ) {
    return [...this.history.values()].find(
      (spec) =>
        spec.device === device && spec.timeline === timeline && spec.version === version && spec.hash === specHash,
    );
  }

  /** This world as it is, for a sequence that is mostly about one device. */
  about(focus: number): World {
    const devices = [...this.devices.values()].map((device) => device.copy());
    return new World(this.server, devices, this.history, focus);
  }
}

export const groups = ['a', 'b'] as const;

/** Which devices there are; the last is not enrolled at first. */
export const fleet: ReadonlyArray<{ name: string; form: Form; group: (typeof groups)[number]; enrolled: boolean }> = [
  { name: 'd0', form: 'full', group: 'a', enrolled: true },
  { name: 'd1', form: 'number', group: 'b', enrolled: true },
  { name: 'd2', form: 'hashed', group: 'a', enrolled: true },
  { name: 'd3', form: 'full', group: 'b', enrolled: false },
];

export const firstContent = (name: string): string => `quay.io/acme/os:first-${name}`;

/** The world after every enrolled device has been given its first spec and has said so. */
export function firstWorld(restore: string): World {
  let state = genesis(restore);
  for (const { name, group, enrolled } of fleet) {
    if (enrolled) state = create(state, name, firstContent(name), group).state;
  }
  state = commitRender(state, restore, renderInputs(state)).state;
  const devices = fleet.map(({ name, form }) => new Device(name, form));
  const history = new Map<string, Spec>();
  for (const device of devices) {
    const spec = state.devices.get(device.name)?.spec ?? null;
    if (spec === null) continue;
    history.set(spec.id, spec);
    device.receive(spec);
    const claim = { device: device.name, at: spec, form: device.form, withSpec: false };
    state = report(state, [claim], history).state;
  }
  return new World(state, devices, history);
}

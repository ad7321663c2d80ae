import { renderedDocument } from '../../src/agent/rendered-document.ts';
import type { Surroundings } from '../../src/simulator/device/agent.ts';
import { agentTimes } from '../../src/simulator/device/agent-times.ts';
import { OrderWitness } from '../../src/simulator/order-witness.ts';
import { deliveredOf, documentOf } from './contents.ts';
import { Device } from './device.ts';
import { createSpec, type Claim, type Form, type Report, type Spec } from './history.ts';
import { commitRender, create, report, renderInputs, type RenderInput } from './reference-model.ts';
import { genesis, type ServerState } from './reference-state.ts';

type OnPass = Surroundings['onPass'];

/** Most reports that the network holds back; the oldest of more are lost. */
const maxHeldBack = 24;

/** The state that commands act on, beside the real system: the expected state of the server, and the truth. */
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
  /** Counts of events, to check that the sequences reach the cases that they are meant for. */
  readonly reached = new Map<string, number>();
  /** Sees what agents do to their devices, and knows what was written for each. */
  readonly witness = new OrderWitness();
  private readonly written = new Set<string>();
  private lastNumber = 0;
  private nowMs = 0;

  private readonly focus: number;

  constructor(server: ServerState, history: ReadonlyMap<string, Spec>, focus: number) {
    this.server = server;
    this.focus = focus;
    const surroundings = {
      nowMs: () => this.nowMs,
      chance: () => 0.5,
      times: agentTimes,
      onPass: (...[pass, machine]: Parameters<OnPass>) => this.witness.passed(machine, pass),
    };
    this.devices = new Map(fleet.map(({ name, form }) => [name, new Device(name, form, surroundings)]));
    this.history = new Map(history);
    this.backups.push(server);
    this.restores.push(server.restore);
    this.advance(server);
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

  /** A device makes a claim, which is on its way from now on; it waits for the answer, unless the claim is out of date. */
  send(device: Device, claim: Omit<Claim, 'device'>): Report {
    const withSpec = (claim.withSpec || device.asked) && claim.form !== 'silent';
    const sent = { id: this.next(), claim: { ...claim, withSpec, device: device.name } };
    if (withSpec) device.asked = false;
    this.bag = [...this.bag, sent].slice(-maxHeldBack);
    // What a device says of a past that is over, it says on no connection of its own.
    if (claim.form !== 'silent' && claim.at === device.at) device.live = sent.id;
    return sent;
  }

  /** Goes on with a state, and keeps the specs that came with it. */
  advance(state: ServerState): void {
    this.server = state;
    for (const [name, { spec, desired }] of state.devices) {
      if (spec !== null) this.history.set(spec.id, spec);
      this.write(name, desired);
    }
  }

  /** Somebody wrote a content for a device: by itself, or as the template of its fleet. */
  private write(device: string, content: string): void {
    const order = `${device} ${content}`;
    if (this.written.has(order)) return;
    this.written.add(order);
    this.witness.written(device, () => documentOf(content));
  }

  /** Time goes by on the devices, whose agents do what is due by then. */
  passTime(milliseconds: number): void {
    this.nowMs += milliseconds;
    for (const device of this.devices.values()) device.settle();
  }

  /** A spec of another control plane. */
  foreignSpec(device: Device, timeline: string, version: number): Spec {
    const place = { device: device.name, timeline, version, content: `quay.io/elsewhere/os:${this.next()}` };
    const spec = createSpec(place, new Set());
    this.history.set(spec.id, spec);
    this.write(device.name, spec.content);
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

  /** A world like this one, for a sequence that is mostly about one device. */
  about(focus: number): World {
    const world = new World(this.server, this.history, focus);
    for (const { name, at } of this.devices.values()) {
      if (at !== null) world.devices.get(name)?.receive(at, documentThatBrings(at));
    }
    return world;
  }
}

/** A document that brings a spec to its device from a service of the timeline that it is of. */
export function documentThatBrings({ device, timeline, version, hash, content }: Spec): unknown {
  const server = { timeline, version, specHash: hash, lineage: {} };
  return JSON.parse(renderedDocument(device, server, timeline, JSON.stringify(deliveredOf(content))));
}

export const groups = ['a', 'b'] as const;

/** Names of the devices; the last is not enrolled at first. */
export const fleet: ReadonlyArray<{ name: string; form: Form; group: (typeof groups)[number]; enrolled: boolean }> = [
  { name: 'd0', form: 'full', group: 'a', enrolled: true },
  { name: 'd1', form: 'number', group: 'b', enrolled: true },
  { name: 'd2', form: 'hashed', group: 'a', enrolled: true },
  { name: 'd3', form: 'full', group: 'b', enrolled: false },
];

/** The fleets that there may be, and the group that each selects unless it selects none. */
export const fleets = { north: 'a', south: 'b' } as const;
export type FleetName = keyof typeof fleets;

export const firstContent = (name: string): string => `quay.io/acme/os:first-${name}`;

/** The world after every enrolled device has been given its first spec and has said so. */
export function firstWorld(restore: string): World {
  let state = genesis(restore);
  for (const { name, group, enrolled } of fleet) {
    if (enrolled) state = create(state, name, firstContent(name), group).state;
  }
  state = commitRender(state, restore, renderInputs(state)).state;
  const world = new World(state, new Map(), 0);
  for (const device of world.devices.values()) {
    const spec = state.devices.get(device.name)?.spec ?? null;
    if (spec === null) continue;
    device.receive(spec, documentThatBrings(spec));
    const claim = { device: device.name, at: spec, form: device.form, withSpec: false };
    world.advance(report(world.server, [claim], world.history).state);
  }
  return world.about(0);
}

import type { DevicePosition } from '../../src/domain/recovery/position.ts';
import type { DeviceObserver, Reply, SentReport } from '../../src/simulator/device-observer.ts';
import { deliveredIn, deliveredInText } from './delivered-document.ts';
import { now, type History } from './history.ts';
import type { Orders } from './orders.ts';

/** The record of what one device says, hears and comes to have. */
export class DeviceRecord implements DeviceObserver {
  /** Every position that it ever received, oldest first. */
  readonly past: DevicePosition[] = [];
  /** The gate that it was told last. */
  gate: string | null = null;
  answeredAt = 0;
  private readonly history: History;
  private readonly orders: Orders;
  private readonly ids = new Map<SentReport, { readonly id: number; readonly isHonest: boolean }>();

  constructor(history: History, orders: Orders) {
    this.history = history;
    this.orders = orders;
  }

  /** @param isHonest false for an old report that arrives late, or again */
  reportSent(device: string, report: SentReport, isHonest = true): void {
    const { transport, claim, connection } = report;
    const { version, timeline, specHash: hash } = claim;
    const id = this.history.id();
    this.ids.set(report, { id, isHonest });
    const more = { honest: isHonest, ...(connection === undefined ? {} : { connection }) };
    this.history.add({ kind: 'report', at: now(), id, device, transport, claim: { version, timeline, hash }, ...more });
  }

  replied(device: string, report: SentReport, { code, answer, text }: Reply): void {
    const sent = this.ids.get(report);
    if (sent === undefined) throw new Error(`${device}: a second reply to one report`);
    this.ids.delete(report);
    const { gate = null, restore = null, verdict = null } = answer ?? {};
    const delivered = code === 200 && report.transport === 'poll' ? deliveredInText(text) : null;
    const message = code === 0 || code >= 300 ? { message: text.slice(0, 300) } : {};
    const said = { code, verdict, gate, restore, delivered, ...message };
    this.history.add({ kind: 'answer', at: now(), id: sent.id, device, ...said });
    if (code === 0 || code >= 300) return;
    this.answeredAt = now();
    if (sent.isHonest && gate !== null) this.gate = gate;
  }

  pushed(device: string, connection: number, document: unknown): void {
    const delivered = deliveredIn(document);
    if (delivered !== null) this.history.add({ kind: 'push', at: now(), device, connection, delivered });
  }

  delivered(_device: string, { position }: { position: DevicePosition }, before: DevicePosition): void {
    if (position.version > before.version) this.past.push(position);
  }

  passed(...[machine, pass]: Parameters<NonNullable<DeviceObserver['passed']>>): void {
    const { witness } = this.orders;
    const before = witness.unordered.length;
    witness.passed(machine, pass);
    for (const each of witness.unordered.slice(before)) this.history.add({ kind: 'unordered', at: now(), ...each });
  }
}

import type { Executor } from '../../db/client.ts';
import { graftOrders } from '../../db/decommission-store.ts';
import { saveDeviceSpecs, saveStatuses, type ReportedSpec } from '../../db/device-documents.ts';
import { wantRendering } from '../../db/device-writes.ts';
import { appendEvents } from '../../db/event-log.ts';
import type { KnownDevices } from '../../db/known-devices.ts';
import { saveReports, touchDevices, type PositionRow, type SavedReport } from '../../db/position-store.ts';
import type { CounterChange } from '../../db/restore-counters.ts';
import { recordUnknownDevices } from '../../db/unknown-device-store.ts';
import { answerTimeBucket, type BucketCount } from '../../domain/recovery/answer-times.ts';
import { appliedAfter } from '../../domain/recovery/applied-version.ts';
import type { NewEvent } from '../../domain/event.ts';
import { gateOf } from '../../domain/recovery/gate.ts';
import type { JsonObject } from '../../domain/json.ts';
import { highestStatable, nothingRun, type DevicePosition } from '../../domain/recovery/position.ts';
import { completedByJournal } from '../../domain/journal-facts/lost-positions.ts';
import { decide, highest, type Decision, type JudgedState } from '../../domain/recovery/report.ts';
import { aheadEvent, transitionEvent } from '../../domain/recovery/report-events.ts';
import { hasEndedDecommission } from '../../domain/devices/told-status.ts';
import { judge } from '../../domain/recovery/verdict.ts';
import { CloneSightings } from '../../domain/devices/clone-sightings.ts';
import { statusDigest } from '../../domain/devices/status-digest.ts';
import { countAndSettle } from './count-devices.ts';
import { endDecommissions } from './end-decommissions.ts';

/** Statement of a device about itself: a poll, a status update, a WebSocket frame. */
export type Report = {
  readonly device: string;
  /** Null where it says nothing of its position (a status patch that leaves it alone): noted, not judged. */
  readonly position: DevicePosition | null;
  /**
   * The version that the device says it has applied. Null where it says nothing of that, absent where it says only what it
   * has received, as a poll does.
   */
  readonly applied?: number | null;
  /** The position is what the device has applied, as in a status: it does not answer a restore unless it is in conflict. */
  readonly appliedOnly?: true;
  readonly status?: JsonObject;
  /** The spec that the device runs. */
  readonly spec?: JsonObject;
};

/** A report that was refused: it states a version that the device cannot have, and changed nothing. */
export type RefusedReport = { readonly kind: 'refused'; readonly problem: string };

/** A report of a known device, judged. */
export type Judged = { readonly row: PositionRow; readonly decision: Decision };

/** Largest age of a device's last-seen time: a heartbeat that changes nothing else is noted no more often. */
const lastSeenResolutionMs = 10_000;

/**
 * Reports of one transaction, applied one after another to what is known of their devices; writes only what differs at
 * the end.
 */
export class ReportBatch {
  private readonly states = new Map<string, JudgedState>();
  private readonly applied = new Map<string, number | null>();
  readonly answered = new Set<string>();
  private readonly changed = new Set<string>();
  private readonly seen = new Set<string>();
  private readonly opened = new Set<string>();
  /** Devices that are ahead of their order to decommission themselves. */
  private readonly overtaken = new Set<string>();
  /** Devices that told what they have applied, and not yet what they have received since the restore. */
  private readonly stillAwaited = new Set<string>();
  /** The last status of each device that says something new, as JSON. */
  private readonly newStatuses = new Map<string, string>();
  private readonly decommissioned = new Set<string>();
  private readonly specs = new Map<string, ReportedSpec>();
  private readonly unknown = new Map<string, DevicePosition>();
  private readonly events: NewEvent[] = [];
  aheadWithoutRestore = false;
  private readonly counts = {
    awaiting: 0,
    answered: 0,
    inSync: 0,
    behind: 0,
    conflictPaused: 0,
  } satisfies CounterChange;
  readonly restore: string;
  private readonly rows: ReadonlyMap<string, PositionRow>;
  readonly clones: CloneSightings;
  private readonly known: KnownDevices;
  private readonly now: Date;
  private readonly silentAfterMs: number;

  /** @param silentAfterMs silence after which a device is shown as disconnected */
  constructor(known: KnownDevices, now: Date, silentAfterMs: number) {
    this.known = known;
    this.restore = known.restore.id;
    this.rows = known.rows;
    this.clones = new CloneSightings(known.statuses, now);
    this.now = now;
    this.silentAfterMs = silentAfterMs;
  }

  /** @returns undefined for a device that is not in the database */
  apply(report: Report): Judged | RefusedReport | undefined {
    const row = this.rows.get(report.device);
    if (row === undefined) {
      const claim = report.position ?? nothingRun;
      this.unknown.set(report.device, highest(this.unknown.get(report.device) ?? null, claim));
      return undefined;
    }
    const { name } = row;
    const before = this.states.get(name) ?? row.state;
    const refused = this.refusal(before, report);
    if (refused !== undefined) return refused;
    this.seen.add(name);
    if (report.status !== undefined) this.keepStatus(name, report.status);
    if (report.position === null) {
      this.states.set(name, before);
      return { row, decision: this.unjudged(before) };
    }
    // Without a position there is nothing that a spec would be the content of.
    if (report.spec !== undefined) this.specs.set(name, { version: report.position.version, spec: report.spec });
    const { appliedOnly } = report;
    const position = completedByJournal(this.known.lost.get(name) ?? [], before, report.position);
    const decision = decide(before, position, this.restore, this.now, { appliedOnly });
    this.states.set(name, decision.state);
    const known = this.applied.has(name) ? (this.applied.get(name) ?? null) : row.applied;
    const applied = appliedAfter(known, report, decision.firstAnswer && !this.hasSpokenSinceRestore(row));
    this.applied.set(name, applied);
    if (isChanged(before, decision.state) || applied !== known || decision.orderOvertaken) this.changed.add(name);
    if (decision.orderOvertaken) this.overtaken.add(name);
    if (decision.gate === 'AwaitingReconnect') this.stillAwaited.add(name);
    if (decision.gate !== decision.gateBefore) this.transition(row, decision);
    if (decision.gate === 'Open') this.opened.add(name);
    return { row, decision };
  }

  /** An awaited device that was heard of since the restore has told its status, and with it what it has applied. */
  private hasSpokenSinceRestore({ name, lastSeen }: PositionRow): boolean {
    return this.stillAwaited.has(name) || (lastSeen !== null && lastSeen > this.known.restore.declaredAt);
  }

  private refusal(state: JudgedState, { position, applied }: Report): RefusedReport | undefined {
    const stated = Math.max(position?.version ?? 0, applied ?? 0);
    const { server, reported } = state;
    const highest = highestStatable({ server, reported, awaited: gateOf(state, this.restore) === 'AwaitingReconnect' });
    if (stated <= highest) return undefined;
    return { kind: 'refused', problem: `renderedVersion: expected at most ${highest}, found ${stated}` };
  }

  private keepStatus(name: string, status: JsonObject): void {
    this.clones.see(name, status);
    const text = JSON.stringify(status);
    if (this.isStored(name, text) && !this.clones.changed.has(name)) this.newStatuses.delete(name);
    else this.newStatuses.set(name, text);
    if (hasEndedDecommission(status)) this.decommissioned.add(name);
  }

  private isStored(name: string, status: string): boolean {
    const known = this.known.statuses.get(name);
    return known !== undefined && known.digest === statusDigest(status, known.storedAt);
  }

  /** Answers a device that says nothing of its position: with its standing. */
  private unjudged(state: JudgedState): Decision {
    const judgement = judge(state.server, state.reported ?? nothingRun);
    const gate = gateOf(state, this.restore);
    return { judgement, gateBefore: gate, gate, firstAnswer: false, orderOvertaken: false, state };
  }

  private transition({ name }: PositionRow, decision: Decision): void {
    const { judgement, gate, firstAnswer, state } = decision;
    if (firstAnswer) {
      this.answered.add(name);
      this.counts.awaiting -= 1;
      this.counts.answered += 1;
      if (gate === 'Open' && judgement.verdict === 'InSync') this.counts.inSync += 1;
      if (gate === 'Open' && judgement.verdict === 'Behind') this.counts.behind += 1;
    }
    this.events.push(transitionEvent(name, decision));
    if (gate !== 'ConflictPaused') return;
    this.counts.conflictPaused += 1;
    if (firstAnswer || state.conflict?.verdict !== 'Ahead') return;
    this.aheadWithoutRestore = true;
    this.events.push(aheadEvent(name, this.restore, state.conflict.info));
  }

  /** Tells if anything has to be written. What is only {@link lately} seen can wait. */
  get changesNothing(): boolean {
    const { changed, newStatuses, specs, unknown, decommissioned } = this;
    const events = this.events.length + this.clones.events.length + this.seenAgain().length;
    return [changed, newStatuses, specs, unknown, decommissioned].every(({ size }) => size === 0) && events === 0;
  }

  /** @returns how many devices are still awaited, if that changed */
  async write(tx: Executor): Promise<number | undefined> {
    const { restore, now } = this;
    // In name order, as everybody who locks several rows.
    const saved: SavedReport[] = [...this.changed].toSorted().flatMap((name) => {
      const [row, state] = [this.rows.get(name), this.states.get(name)];
      if (row === undefined || state === undefined) return [];
      return [{ row, state, applied: this.applied.get(name) ?? null, answeredNow: this.answered.has(name) }];
    });
    const seenAgain = this.seenAgain().toSorted();
    const overtaken = [...this.overtaken];
    const at = { restore, now };
    const written = Promise.all([
      saveReports(tx, saved, now),
      graftOrders(tx, overtaken, restore),
      wantRendering(tx, overtaken, now),
      touchDevices(
        tx,
        seenAgain.map((name) => [name, now]),
      ),
      saveStatuses(tx, this.newStatuses, now, this.clones.changed),
      saveDeviceSpecs(tx, this.specs, now),
      recordUnknownDevices(tx, this.unknown, at),
      appendEvents(tx, [...this.events, ...this.clones.events], at),
      endDecommissions(tx, [...this.decommissioned], at),
    ]);
    // Counted last: the counters are one row that everybody waits for.
    const [awaiting] = await Promise.all([countAndSettle(tx, this.counts, at, this.answers()), written]);
    return awaiting;
  }

  /** Devices that spoke and said nothing new, and are shown as silent until that is written. */
  private seenAgain(): string[] {
    return [...this.seen].filter(
      (name) =>
        !this.changed.has(name) && (this.stillAwaited.has(name) || this.sinceSeenMs(name) >= this.silentAfterMs),
    );
  }

  /** Devices of which nothing is to be written but when they were last seen, and not at once. */
  lately(): string[] {
    const written = new Set(this.seenAgain());
    return [...this.seen].filter(
      (name) => !this.changed.has(name) && !written.has(name) && this.sinceSeenMs(name) >= lastSeenResolutionMs,
    );
  }

  private sinceSeenMs(name: string): number {
    const lastSeen = this.rows.get(name)?.lastSeen ?? null;
    return lastSeen === null ? Infinity : Math.abs(this.now.getTime() - lastSeen.getTime());
  }

  /** Number of devices by the time that they took to answer the restore. */
  private answers(): BucketCount[] {
    if (this.answered.size === 0) return [];
    const bucket = answerTimeBucket((this.now.getTime() - this.known.restore.declaredAt.getTime()) / 1000);
    return [{ bucket, devices: this.answered.size }];
  }

  paused(): string[] {
    return [...this.states].flatMap(([name, state]) => (state.conflict === null ? [] : [name]));
  }

  toRender(): string[] {
    return [...this.opened].filter((name) => {
      const row = this.rows.get(name);
      if (this.overtaken.has(name)) return true;
      return row !== undefined && row.renderedGeneration < row.wantedGeneration;
    });
  }
}

function isChanged(before: JudgedState, after: JudgedState): boolean {
  return (
    before.answeredRestore !== after.answeredRestore ||
    before.conflict !== after.conflict ||
    before.reported?.version !== after.reported?.version ||
    before.reported?.timeline !== after.reported?.timeline ||
    before.reported?.specHash !== after.reported?.specHash
  );
}

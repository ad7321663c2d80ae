import type { Executor } from '../db/client.ts';
import { graftOrders } from '../db/decommission-store.ts';
import {
  devicesWithKnownSpec,
  readSightings,
  saveDeviceSpecs,
  saveStatuses,
  type ReportedSpec,
} from '../db/device-documents.ts';
import { wantRendering } from '../db/device-writes.ts';
import { appendEvents } from '../db/event-log.ts';
import { holdRestore } from '../db/fence.ts';
import {
  saveReports,
  touchDevices,
  withoutLocksFirst,
  type PositionReader,
  type PositionRow,
  type SavedReport,
} from '../db/position-store.ts';
import type { CounterChange } from '../db/restore-counters.ts';
import { currentRestoreDeclaredAt } from '../db/restore-store.ts';
import { recordUnknownDevices } from '../db/unknown-device-store.ts';
import { answerTimeBucket, type BucketCount } from '../domain/recovery/answer-times.ts';
import { appliedAfter } from '../domain/recovery/applied-version.ts';
import type { NewEvent } from '../domain/event.ts';
import { gateOf, type Gate } from '../domain/recovery/gate.ts';
import type { JsonObject } from '../domain/json.ts';
import { highestStatable, nothingRun, type DevicePosition, type ServerPosition } from '../domain/recovery/position.ts';
import { decide, highest, type Decision, type JudgedState } from '../domain/recovery/report.ts';
import { aheadEvent, transitionEvent } from '../domain/recovery/report-events.ts';
import { hasEndedDecommission } from '../domain/devices/told-status.ts';
import { judge, type Verdict } from '../domain/recovery/verdict.ts';
import { CloneSightings } from '../domain/devices/clone-sightings.ts';
import { countAndSettle } from './steps/count-devices.ts';
import { endDecommissions } from './steps/end-decommissions.ts';
import type { Observer } from './observer.ts';
import type { Tracing } from './tracing.ts';
import type { RestoreDeps } from './steps/in-restore.ts';

/** Whatever a device says of itself: a poll, a status update, a WebSocket frame. */
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

/** Answer to a report. */
export type ReportOutcome =
  | { readonly kind: 'unknown'; readonly restore: string }
  | {
      readonly kind: 'known';
      readonly restore: string;
      readonly verdict: Verdict;
      readonly info: string;
      readonly gate: Gate;
      /** This report changed the gate. */
      readonly justJudged: boolean;
      readonly server: ServerPosition;
      /** Something newer than `server` is wanted and not rendered yet. */
      readonly renderPending: boolean;
      /** Muster would like to see the spec that the device runs. */
      readonly wantsSpec: boolean;
    };

/** A report that was refused: it states a version that the device cannot have, and changed nothing. */
type RefusedReport = { readonly kind: 'refused'; readonly problem: string };

export type AcceptedReports = {
  /** One for each report, in its order. */
  readonly outcomes: ReadonlyArray<ReportOutcome | RefusedReport>;
  readonly restore: string;
  /** Devices that answered the restore with their report. */
  readonly answered: number;
  /** Devices still awaited; undefined where these reports changed nothing of that. */
  readonly awaiting: number | undefined;
  /** Devices that may be rendered now and need it. */
  readonly toRender: readonly string[];
  /** A device was ahead although it had answered: either it lies, or the server went back without being told. */
  readonly aheadWithoutRestore: boolean;
  /** Reports that show two machines under one name. */
  readonly cloneSigns: number;
};

/** Largest age of a device's last-seen time: a heartbeat that changes nothing else is written no more often. */
const lastSeenResolutionMs = 10_000;

export type ReportDeps = RestoreDeps & {
  readonly observer: Observer;
  readonly tracing: Tracing;
};

/**
 * Judges reports and commits what they change, all in one transaction: the group commit of design.md, section 10.
 * Reports of one device are applied in the order given. When this returns, every outcome is durable.
 */
export async function acceptReports(deps: ReportDeps, reports: readonly Report[]): Promise<AcceptedReports> {
  const beganAtMs = performance.now();
  const accepted = await deps.tracing.ownSpan('accept reports', { 'muster.reports': reports.length }, () =>
    withoutLocksFirst((read) => commitReports(deps, reports, read)),
  );
  deps.observer.reportsCommitted({ ...accepted, seconds: (performance.now() - beganAtMs) / 1_000 });
  if (accepted.cloneSigns > 0) deps.observer.cloneSigns('machine', accepted.cloneSigns);
  return accepted;
}

async function commitReports(
  { database, clock }: RestoreDeps,
  reports: readonly Report[],
  read: PositionReader,
): Promise<AcceptedReports> {
  const names = [...new Set(reports.map((report) => report.device))];
  return await database.transact(async (tx) => {
    const [restore, rows, declaredAt, sightings] = await Promise.all([
      holdRestore(tx),
      read(tx, names),
      currentRestoreDeclaredAt(tx),
      readSightings(tx, tellingNames(reports)),
    ]);
    const now = clock.now();
    const batch = new ReportBatch({ id: restore, declaredAt }, rows, new CloneSightings(sightings, now), now);
    const judged = reports.map((report) => batch.apply(report));
    const awaiting = await batch.write(tx);
    const knownSpecs = await devicesWithKnownSpec(tx, batch.paused());
    return {
      restore,
      outcomes: judged.map((result, index) => toOutcome(result, restore, knownSpecs.has(reports[index]?.device ?? ''))),
      answered: batch.answered.size,
      awaiting,
      toRender: batch.toRender(),
      aheadWithoutRestore: batch.aheadWithoutRestore,
      cloneSigns: batch.clones.signs,
    };
  });
}

/** Devices whose reports say something of the machine. */
function tellingNames(reports: readonly Report[]): string[] {
  return [...new Set(reports.filter(({ status }) => status !== undefined).map(({ device }) => device))];
}

type Judged = { readonly row: PositionRow; readonly decision: Decision };

function toOutcome(
  result: Judged | RefusedReport | undefined,
  restore: string,
  specKnown: boolean,
): ReportOutcome | RefusedReport {
  if (result === undefined) return { kind: 'unknown', restore };
  if ('problem' in result) return result;
  const { row, decision } = result;
  return {
    kind: 'known',
    restore,
    verdict: decision.judgement.verdict,
    info: decision.judgement.info,
    gate: decision.gate,
    justJudged: decision.gate !== decision.gateBefore,
    server: decision.state.server,
    renderPending: decision.orderOvertaken || row.renderedGeneration < row.wantedGeneration,
    wantsSpec: decision.gate === 'ConflictPaused' && !specKnown,
  };
}

/** Reports of one transaction, applied one after another to the rows as read; writes only what differs at the end. */
class ReportBatch {
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
  private readonly statuses = new Map<string, JsonObject>();
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
  private readonly restore: string;
  private readonly declaredAt: Date;
  private readonly rows: ReadonlyMap<string, PositionRow>;
  readonly clones: CloneSightings;
  private readonly now: Date;

  constructor(
    restore: { id: string; declaredAt: Date },
    rows: ReadonlyMap<string, PositionRow>,
    clones: CloneSightings,
    now: Date,
  ) {
    this.restore = restore.id;
    this.declaredAt = restore.declaredAt;
    this.rows = rows;
    this.clones = clones;
    this.now = now;
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
    const decision = decide(before, report.position, this.restore, this.now, { appliedOnly });
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
    return this.stillAwaited.has(name) || (lastSeen !== null && lastSeen > this.declaredAt);
  }

  private refusal(state: JudgedState, { position, applied }: Report): RefusedReport | undefined {
    const stated = Math.max(position?.version ?? 0, applied ?? 0);
    const { server, reported } = state;
    const highest = highestStatable({ server, reported, awaited: gateOf(state, this.restore) === 'AwaitingReconnect' });
    if (stated <= highest) return undefined;
    return { kind: 'refused', problem: `renderedVersion: expected at most ${highest}, found ${stated}` };
  }

  private keepStatus(name: string, status: JsonObject): void {
    this.statuses.set(name, status);
    this.clones.see(name, status);
    if (hasEndedDecommission(status)) this.decommissioned.add(name);
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

  /** @returns how many devices are still awaited, if that changed */
  async write(tx: Executor): Promise<number | undefined> {
    const { restore, now } = this;
    // In name order, as everybody who locks several rows.
    const saved: SavedReport[] = [...this.changed].toSorted().flatMap((name) => {
      const [row, state] = [this.rows.get(name), this.states.get(name)];
      if (row === undefined || state === undefined) return [];
      return [{ row, state, applied: this.applied.get(name) ?? null, answeredNow: this.answered.has(name) }];
    });
    const touched = [...this.seen].filter((name) => !this.changed.has(name) && this.isStale(name)).toSorted();
    const overtaken = [...this.overtaken];
    const at = { restore, now };
    const written = Promise.all([
      saveReports(tx, saved, now),
      graftOrders(tx, overtaken, restore),
      wantRendering(tx, overtaken, now),
      touchDevices(tx, touched, now),
      saveStatuses(tx, this.statuses, now, this.clones.changed),
      saveDeviceSpecs(tx, this.specs, now),
      recordUnknownDevices(tx, this.unknown, at),
      appendEvents(tx, [...this.events, ...this.clones.events], at),
      endDecommissions(tx, [...this.decommissioned], at),
    ]);
    // Counted last: the counters are one row that everybody waits for.
    const [awaiting] = await Promise.all([countAndSettle(tx, this.counts, at, this.answers()), written]);
    return awaiting;
  }

  private isStale(name: string): boolean {
    if (this.stillAwaited.has(name)) return true;
    const lastSeen = this.rows.get(name)?.lastSeen ?? null;
    return lastSeen === null || Math.abs(this.now.getTime() - lastSeen.getTime()) >= lastSeenResolutionMs;
  }

  /** Number of devices by the time that they took to answer the restore. */
  private answers(): BucketCount[] {
    if (this.answered.size === 0) return [];
    const bucket = answerTimeBucket((this.now.getTime() - this.declaredAt.getTime()) / 1000);
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

import { isFull, type Ancestry } from './ancestry.ts';
import type { Claim, Delivered, Entry } from './history.ts';
import type { Replay } from './model.ts';
import type { Invariant, Violation } from './violation.ts';

type Report = Extract<Entry, { kind: 'report' }>;
type Answer = Extract<Entry, { kind: 'answer' }>;

/** Longest delay of messages that were on their way when a restore was declared, in milliseconds. */
const inFlightMs = 3_000;
/** Between two clocks of one machine, one of which has whole milliseconds. */
const clockMs = 5;

/** Checks the messages that each device saw on the wire: S1, S2, S3, S4 and L1. */
export function checkWire(history: readonly Entry[], replays: readonly Replay[], ancestry: Ancestry): Violation[] {
  return new WireCheck(history, replays, ancestry).run();
}

class WireCheck {
  private readonly violations: Violation[] = [];
  private readonly reports = new Map<number, Report>();
  /** The reports that may have caused a push, by WebSocket. */
  private readonly candidates = new Map<string, Report[]>();
  private readonly handed = new Map<string, Delivered>();
  private readonly currents: ReadonlyArray<{ readonly at: number; readonly restore: string | null }>;
  private readonly history: readonly Entry[];
  private readonly replays: readonly Replay[];
  private readonly ancestry: Ancestry;

  constructor(history: readonly Entry[], replays: readonly Replay[], ancestry: Ancestry) {
    this.history = history;
    this.replays = replays;
    this.ancestry = ancestry;
    this.currents = currentRestores(history, replays);
  }

  run(): Violation[] {
    for (const entry of this.history) {
      if (entry.kind === 'report') this.noteReport(entry);
      else if (entry.kind === 'answer') this.checkAnswer(entry);
      else if (entry.kind === 'push') {
        const reports = this.candidates.get(socketOf(entry)) ?? [];
        this.checkDelivery(entry.device, reports, entry.delivered, entry.at);
      }
    }
    return this.violations;
  }

  private noteReport(report: Report): void {
    this.reports.set(report.id, report);
    if (report.connection === undefined) return;
    const socket = socketOf(report);
    this.candidates.set(socket, [...(this.candidates.get(socket) ?? []), report]);
  }

  private checkAnswer(answer: Answer): void {
    const report = this.reports.get(answer.id);
    if (report === undefined) return;
    this.reports.delete(answer.id);
    const { device, gate } = answer;
    const wrong = (invariant: Invariant, detail: string) =>
      this.violations.push({ invariant, device, detail: `report ${report.id}: ${detail}` });
    if (report.connection !== undefined) {
      // Whatever comes after the answer to a report knows of that report.
      const socket = socketOf(report);
      const reports = this.candidates.get(socket) ?? [];
      this.candidates.set(socket, reports.slice(reports.indexOf(report)));
    }
    if (answer.message?.includes('Device of name') === true) wrong('R', 'an unknown device was told to erase itself');
    if (report.transport === 'poll' && answer.code === 200 && answer.delivered === null)
      wrong('S10', 'was answered 200 without a document');
    if (answer.code === 0 || answer.code >= 300 || gate === null || answer.restore === null) return;
    // A poll that waits for news is ended by a restore, and the device told to report anew.
    if (gate === 'AwaitingReconnect') {
      // What a device has applied does not answer a restore.
      const answers = report.transport !== 'status';
      if (answers && this.declaredBefore(answer.restore, report.at)) wrong('L1', 'was answered, and is awaited still');
      if (answer.delivered === null) return;
    }
    if (answer.delivered !== null) {
      if (gate !== 'Open') wrong('S2', `a spec was delivered through a gate that was ${gate}`);
      this.checkDelivery(device, [report], answer.delivered, answer.at);
    }
    const { claim } = report;
    if (claim.version === 0 || this.isUnmustered(device)) return;
    if (gate === 'Open' && !this.isAccepted(device, claim, answer.restore, answer.at))
      wrong('S1', `the gate is open for ${text(claim)}, which is no ancestor (restore ${answer.restore})`);
    if (!this.isKept(device, claim, answer)) wrong('S4', `${text(claim)} was answered and is not remembered`);
  }

  private declaredBefore(restore: string, at: number): boolean {
    return this.currents.some((current) => current.restore === restore && current.at < at - clockMs);
  }

  /** True if the claim was an ancestor in a database of that restore. A bare number is one if it is not too high. */
  private isAccepted(device: string, claim: Claim, restore: string, at: number): boolean {
    return this.of(restore).some((replay) => {
      if (isFull(claim)) return this.ancestry.isAncestor(device, claim, replay, at + clockMs);
      const trail = replay.devices.get(device);
      return trail?.rows.some((row) => row.committed <= at + clockMs && (row.after?.version ?? 0) >= claim.version);
    });
  }

  /** S4: what was answered is stored, or something higher, or a history that holds it. */
  private isKept(device: string, claim: Claim, answer: Answer): boolean {
    return this.of(answer.restore ?? '').some((replay) =>
      replay.devices
        .get(device)
        ?.rows.some(
          ({ committed, after }) =>
            committed <= answer.at + clockMs &&
            Math.max(after?.reported_version ?? -1, after?.version ?? -1) >= claim.version,
        ),
    );
  }

  private of(restore: string): Replay[] {
    return this.replays.filter((replay) => replay.declared.some(({ id }) => id === restore));
  }

  private isUnmustered(device: string): boolean {
    return this.replays.some((replay) => replay.devices.get(device)?.unmustered === true);
  }

  private checkDelivery(device: string, reports: readonly Report[], delivered: Delivered, at: number): void {
    const wrong = (invariant: Invariant, detail: string) =>
      this.violations.push({ invariant, device, detail: `delivered ${text(delivered)}: ${detail}` });
    const { version, timeline, hash, contentHash, restore } = delivered;
    if (hash !== contentHash) wrong('S1', `the spec itself has the hash ${contentHash.slice(0, 12)}`);
    if (timeline === null || restore === null) {
      wrong('S1', 'it does not say of which timeline and restore it is');
      return;
    }
    const rendered = this.ancestry.whereRendered(device, { version, timeline, hash });
    if (rendered.length === 0) wrong('S1', 'no database ever committed that');
    const fits = reports.some(
      ({ claim }) =>
        claim.version === 0 ||
        (claim.version < version &&
          (!isFull(claim) ||
            rendered.some(({ replay, at: render }) =>
              this.ancestry.isAncestor(device, claim, replay, render.committed),
            ))),
    );
    const claims = reports.map(({ claim }) => text(claim)).join(', ');
    if (!fits) wrong('S1', `the device was at ${claims}`);
    if (!reports.some(({ claim }) => version > claim.version)) wrong('S3', `the device was at ${claims}`);

    const honest = reports.every((report) => report.honest);
    const key = `${device} ${version}`;
    const before = this.handed.get(key);
    if (honest && before !== undefined && (before.timeline !== timeline || before.hash !== hash))
      wrong('S3', `version ${version} was ${text(before)} before`);
    if (honest) this.handed.set(key, delivered);

    if (!this.isUnmustered(device)) this.checkFresh(device, delivered, { sent: oldest(reports), at, wrong });
  }

  /** S2: the device had answered the restore, and that restore was the current one, but for what was on its way. */
  private checkFresh(
    device: string,
    { restore }: Delivered,
    { sent, at, wrong }: { sent: number; at: number; wrong: (invariant: Invariant, detail: string) => void },
  ): void {
    const answered = this.of(restore ?? '').some((replay) =>
      replay.devices
        .get(device)
        ?.rows.some((row) => row.committed <= at + clockMs && row.after?.answered_restore_id === restore),
    );
    if (!answered) wrong('S2', `the device had not answered restore ${restore}`);
    const index = this.currents.findLastIndex((current) => current.restore === restore);
    const next = this.currents[index + 1];
    if (next === undefined) return;
    // The first that began after this one did, and was over before the device asked.
    if (next.at < sent - clockMs)
      wrong('S2', `restore ${restore} was over ${Math.round(sent - next.at)} ms before it asked`);
    else if (next.at < at - inFlightMs - this.slowness(next.at, at))
      wrong('S2', `restore ${restore} was over ${Math.round(at - next.at)} ms before it arrived`);
  }

  /** Time by which an injected delay may have held up what was on its way between two times. */
  private slowness(from: number, to: number): number {
    const delays = this.history.flatMap((entry) =>
      entry.kind === 'slow' && entry.at < to && entry.until > from ? [entry.byMs] : [],
    );
    return delays.reduce((sum, delay) => sum + delay, 0);
  }
}

/**
 * The current restores with the times from which they were current, over all databases that stood in the service's place one after another;
 * null from the moment a copy took that place until its restore was declared.
 */
function currentRestores(
  history: readonly Entry[],
  replays: readonly Replay[],
): Array<{ at: number; restore: string | null }> {
  const swaps = history.flatMap((entry) => (entry.kind === 'swap' ? [entry] : []));
  return replays.flatMap((replay, index) => {
    const since = swaps[index - 1];
    const until = swaps[index];
    const own = replay.declared.filter(
      ({ committed }) =>
        (since === undefined || committed > since.began) && (until === undefined || committed < until.at),
    );
    const entries: Array<{ at: number; restore: string | null }> = own.map(({ id, committed }) => ({
      at: committed,
      restore: id,
    }));
    const [first] = entries;
    const gap = since !== undefined && (first === undefined || first.at > since.at);
    return gap ? [{ at: since.at, restore: null }, ...entries] : entries;
  });
}

/** Connections are numbered for each device. */
function socketOf({ device, connection }: { readonly device: string; readonly connection?: number }): string {
  return `${device} ${connection ?? ''}`;
}

function oldest(reports: readonly Report[]): number {
  return Math.min(...reports.map((report) => report.at));
}

function text(position: Claim): string {
  return `version ${position.version} of ${position.timeline ?? 'no stated timeline'} (${position.hash?.slice(0, 12) ?? 'no hash'})`;
}

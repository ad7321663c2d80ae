import postgres from 'postgres';
import { readFrame } from '../../src/agent/frames.ts';
import { renderedDocument } from '../../src/agent/rendered-document.ts';
import type { Context } from '../../src/context.ts';
import { connectDatabase } from '../../src/db/client.ts';
import { isToBeDelivered } from '../../src/domain/recovery/delivery.ts';
import type { DevicePosition, ServerPosition } from '../../src/domain/recovery/position.ts';
import { inlineRenderer } from '../../src/domain/rendering/delivered-form.ts';
import { acceptReports, type ReportOutcome } from '../../src/usecases/accept-reports.ts';
import type { Report as SentReport } from '../../src/usecases/steps/report-batch.ts';
import { findStandings } from '../../src/usecases/find-standings.ts';
import { RenderedSpecCache } from '../../src/agent/rendered-spec-cache.ts';
import { renderPending } from '../../src/usecases/render-devices.ts';
import { rollOutPending } from '../../src/usecases/roll-out-fleet.ts';
import { createTestContext, type TestContext } from '../support/test-context.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { forgetBackupsAfter, keepBackups, putBack, takeBackup } from './backups.ts';
import { FaultyDatabase, type Fault } from './faulty-database.ts';
import { positionOf, type Claim } from './history.ts';
import { deliveredOf } from './contents.ts';
import { readSnapshot, type Snapshot } from './snapshot.ts';

/** A spec as a device gets it, and the document that brings it. */
export type Handed = {
  readonly device: string;
  readonly server: ServerPosition;
  readonly spec: unknown;
  readonly document: unknown;
};
/** The answer to a report. */
export type Answered = { readonly outcome: ReportOutcome; readonly handed: Handed | null };

const neverAborted = new AbortController().signal;

/**
 * The real thing on a real Postgres, put together as the agent side and the worker put it together, but for what only
 * hints: every hint of queue and bus is lost, so that what happens depends on the database and the commands alone.
 */
export class System {
  readonly context: Context;
  readonly faulty: FaultyDatabase;
  readonly test: TestContext;
  private readonly client: postgres.Sql;
  private specs: RenderedSpecCache;
  private held: { release(how: 'commit' | 'die'): void; done: Promise<unknown> } | undefined;
  private newestEvent = 0;
  private snapshot: Snapshot | undefined;

  private constructor(test: TestContext, faulty: FaultyDatabase, client: postgres.Sql) {
    this.test = test;
    this.context = test.context;
    this.faulty = faulty;
    this.client = client;
    this.specs = new RenderedSpecCache(faulty);
  }

  static async start(): Promise<System> {
    const database = await createTestDatabase();
    const client = postgres(database.url, { max: 1, onnotice: () => undefined });
    const faulty = new FaultyDatabase(connectDatabase(database.url, { poolSize: 3, applicationName: 'model' }));
    const lost = () => undefined;
    const queue = {
      wantRendering: lost,
      wantRollout: lost,
      discardOlderJobs: lost,
      work: lost,
      isHealthy: async () => true,
      state: async () => ({ jobs: undefined, worker: 'none' }) as const,
      close: async () => undefined,
    };
    const bus = { publish: lost, subscribe: () => lost, close: async () => undefined };
    const test = await createTestContext({
      database,
      overrides: { database: faulty, queue, bus, renderer: inlineRenderer },
    });
    await keepBackups(client);
    return new System(test, faulty, client);
  }

  async stop(): Promise<void> {
    await this.crash();
    await this.client.end();
    await this.test.close();
  }

  /** Back to the first backup, with no other and nothing in memory. */
  async reset(): Promise<void> {
    await this.crash();
    await forgetBackupsAfter(this.client, 0);
    await this.putBack(0);
    await this.look();
  }

  /** The current content of the database, with the events since the last look. */
  async look(): Promise<Snapshot> {
    this.snapshot = await readSnapshot(this.client, this.newestEvent);
    this.newestEvent = this.snapshot.events.at(-1)?.id ?? this.newestEvent;
    return this.snapshot;
  }

  /** The last look. */
  get seen(): Snapshot {
    if (this.snapshot === undefined) throw new Error('nobody has looked yet');
    return this.snapshot;
  }

  takeBackup = (number: number): Promise<void> => takeBackup(this.client, number);

  async putBack(number: number): Promise<void> {
    this.newestEvent = await putBack(this.client, number);
  }

  /** Takes claims in one commit and answers as the poll does: with a spec if there is one to send now. */
  async report(claims: readonly Claim[], fault?: Fault): Promise<Answered[] | undefined> {
    const reports = claims.map((claim): SentReport => ({
      device: claim.device,
      position: positionOf(claim),
      ...(claim.withSpec && claim.at !== null ? { spec: deliveredOf(claim.at.content) } : {}),
    }));
    const accepted = await this.faulty.during(fault, () => acceptReports(this.context, reports));
    if (accepted === undefined) return undefined;
    return await Promise.all(
      accepted.outcomes.map(async (outcome, index): Promise<Answered> => {
        const position = reports[index]?.position ?? null;
        if (outcome.kind === 'refused') throw new Error(`a report was refused: ${outcome.problem}`);
        if (outcome.kind === 'unknown' || position === null) return { outcome, handed: null };
        return { outcome, handed: await this.hand(reports[index]?.device ?? '', outcome, position) };
      }),
    );
  }

  /** Reads a frame as the WebSocket does, and takes what it says. @throws FrameProblem for one that is refused */
  async reportFrame(device: string, text: string): Promise<void> {
    await acceptReports(this.context, [readFrame(device, text).report]);
  }

  /** Looks at devices whose polls are held open: what each is handed now. */
  async wake(claims: readonly Claim[]): Promise<Array<Handed | null>> {
    const { restore, standings } = await findStandings(this.context, [...new Set(claims.map(({ device }) => device))]);
    return await Promise.all(
      claims.map(async (claim) => {
        const standing = standings.get(claim.device);
        const position = positionOf(claim);
        if (standing === undefined || position === null) return null;
        return await this.hand(claim.device, { ...standing, restore }, position);
      }),
    );
  }

  private async hand(
    device: string,
    { gate, server, restore }: Pick<Extract<ReportOutcome, { kind: 'known' }>, 'gate' | 'server' | 'restore'>,
    position: DevicePosition,
  ): Promise<Handed | null> {
    if (!isToBeDelivered(gate, server, position)) return null;
    const text = await this.specs.text(server.specHash);
    const spec: unknown = JSON.parse(text);
    const document: unknown = JSON.parse(renderedDocument(device, server, restore, text));
    return { device, server, spec, document };
  }

  /** One sweep of the worker. */
  async render(fault?: Fault): Promise<void> {
    await this.faulty.during(fault, () => renderPending(this.context, neverAborted));
  }

  /** Rolls out the fleets that are not. */
  async rollOut(fault?: Fault): Promise<void> {
    await this.faulty.during(fault, () => rollOutPending(this.context, neverAborted));
  }

  /** Begins a sweep that stops short of its commit. */
  async beginRender(): Promise<void> {
    let release: (how: 'commit' | 'die') => void = () => undefined;
    const latch = new Promise<'commit' | 'die'>((resolve) => (release = resolve));
    let reached: () => void = () => undefined;
    const atCommit = new Promise<void>((resolve) => (reached = resolve));
    const { faulty } = this;
    const database: Context['database'] = {
      guard: faulty.guard,
      pool: faulty.pool,
      read: faulty.read,
      async transact(work) {
        reached();
        if ((await latch) === 'die') throw new Error('the process died');
        return await faulty.transact(work);
      },
      ping: faulty.ping,
      close: faulty.close,
    };
    const done = renderPending({ ...this.context, database }, neverAborted).catch(() => undefined);
    this.held = { release, done };
    await Promise.race([atCommit, done]);
  }

  /** Lets the sweep that was begun commit. */
  async finishRender(): Promise<void> {
    await this.endRender('commit');
  }

  /** The process dies: with it all that was only in memory. */
  async crash(): Promise<void> {
    await this.endRender('die');
    this.specs = new RenderedSpecCache(this.faulty);
  }

  private async endRender(how: 'commit' | 'die'): Promise<void> {
    this.held?.release(how);
    await this.held?.done;
    this.held = undefined;
  }
}

import { AggregatorRegistry, collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Clock } from '../time/clock.ts';
import type { Database } from '../db/client.ts';
import type { Journal } from '../journal/journal.ts';
import { readServiceFigures, type ServiceFigures } from '../db/service-figures.ts';
import { byService } from '../domain/event.ts';
import { verdicts } from '../domain/recovery/verdict.ts';
import type {
  CloneEvidence,
  CommittedReports,
  Observer,
  OutdatedKind,
  RenderResult,
  RestoreCause,
  ShedReason,
} from '../usecases/observer.ts';
import { jobStates, type RenderQueue } from '../queue/render-queue.ts';
import { lookAtHealth, type Health } from '../usecases/look-at-health.ts';
import { version } from '../version.ts';
import { within } from '../time/time-limit.ts';
import { counters, gauges, histograms, type MetricAbout } from './catalogue.ts';

/** Number of things that the device side of this process holds open now. */
export type DeviceSideCounts = {
  readonly reportsWaiting: number;
  readonly webSockets: number;
  readonly longPolls: number;
};

/** One metric with its values, as it goes from one process to another. */
export type MetricValues = ReadonlyArray<{ readonly name: string; readonly type: string }>;

/** Adds up the measurements of several processes. */
export async function sumOf(processes: readonly MetricValues[]): Promise<MetricValues> {
  return asValues(await AggregatorRegistry.aggregate([...processes]).getMetricsAsJSON());
}

type Named = { readonly name: string; readonly type: unknown };

/** The types of the library say that a metric's type is a number; it is the word. */
const asValues = (metrics: readonly Named[]): MetricValues =>
  metrics.map((metric) => ({ ...metric, type: String(metric.type) }));

/** Measurements that a scrape tells beside those that this process counts itself. */
export type ScrapeSources = {
  /** Things that the device side holds open; none where there is no device side. */
  readonly deviceSide?: () => DeviceSideCounts;
  /** Measurements of the other processes of this instance. */
  readonly others?: () => Promise<readonly MetricValues[]>;
};

const nothingOpen: DeviceSideCounts = { reportsWaiting: 0, webSockets: 0, longPolls: 0 };

type Deps = {
  readonly database: Database;
  readonly queue: Pick<RenderQueue, 'state'>;
  readonly journal: Pick<Journal, 'isKept' | 'figures'>;
  readonly clock: Clock;
  readonly config: { readonly deviceCertificateDays: number };
};

/** Figures that take longer than this are left out of a scrape: the scraper would not wait for them. */
const maxFiguresMs = 3_000;
const dayMs = 86_400_000;
/** Certificates that end within this time are told of. */
const maxNoticeDays = 30;

/** The metrics of one process, in a registry of their own. */
export class ServiceMetrics implements Observer {
  private readonly registry = new Registry();
  private readonly counters = makeAll(counters, this.registry, (about) => new Counter(about));
  private readonly gauges = makeAll(gauges, this.registry, (about) => new Gauge(about));
  private readonly histograms = makeAll(histograms, this.registry, (about) => new Histogram(about));
  private looking: Promise<void> | undefined;
  private readonly deps: Deps;

  constructor(deps: Deps) {
    this.deps = deps;
    this.gauges.build.set({ version, node: process.versions.node }, 1);
    this.beginAtZero();
  }

  /** Adds what Node.js and the system say of this process. Their sampling ends with the process only. */
  addProcessMetrics(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Measurements of this process alone, without those of the whole service, which any process could give. */
  async ownValues(deviceSide: DeviceSideCounts): Promise<MetricValues> {
    this.setDeviceSide(deviceSide);
    this.setJournal();
    const own = new Set<keyof typeof gauges>(['reportsWaiting', 'webSockets', 'longPolls']);
    const ofTheService = Object.entries(gauges).filter(([key]) => !own.has(key as keyof typeof gauges));
    const left = new Set<string>(ofTheService.map(([, { name }]) => name));
    return asValues(await this.registry.getMetricsAsJSON()).filter(({ name }) => !left.has(name));
  }

  /** Every metric there is, whether it has a value at the moment or not. */
  get names(): string[] {
    return this.registry.getMetricsAsArray().map(({ name }) => name);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** All metrics in Prometheus' text format, as they are now. Callers that ask at the same time share one look at the database. */
  async scrape({ deviceSide = () => nothingOpen, others = async () => [] }: ScrapeSources = {}): Promise<string> {
    this.looking ??= this.collect().finally(() => {
      this.looking = undefined;
    });
    const [otherValues] = await Promise.all([others(), this.looking]);
    this.setDeviceSide(deviceSide());
    this.setJournal();
    if (otherValues.length === 0) return await this.registry.metrics();
    const all = [await this.registry.getMetricsAsJSON(), ...otherValues];
    return await AggregatorRegistry.aggregate(all).metrics();
  }

  reportsCommitted({ outcomes, answered, seconds }: CommittedReports): void {
    const judged = { InSync: 0, Behind: 0, Ahead: 0, Diverged: 0 };
    let unknown = 0;
    for (const outcome of outcomes) {
      if (outcome.kind === 'known') judged[outcome.verdict] += 1;
      else if (outcome.kind === 'unknown') unknown += 1;
    }
    // Nothing is looked up for what did not happen: a batch may be as small as one report.
    for (const verdict of verdicts) if (judged[verdict] > 0) this.counters.verdicts.inc({ verdict }, judged[verdict]);
    if (unknown > 0) this.counters.unknownReports.inc(unknown);
    if (answered > 0) this.counters.answers.inc(answered);
    this.histograms.batchSize.observe(outcomes.length);
    this.histograms.batchSeconds.observe(seconds);
  }

  shed(reason: ShedReason): void {
    this.counters.sheds.inc({ reason });
  }

  rendered(devices: Readonly<Partial<Record<RenderResult, number>>>): void {
    for (const [result, count] of Object.entries(devices)) this.counters.renders.inc({ result }, count);
  }

  restoreDeclared(cause: RestoreCause): void {
    this.counters.restoresDeclared.inc({ cause });
  }

  removedOutdated(kind: OutdatedKind, records: number): void {
    if (records > 0) this.counters.removedOutdated.inc({ kind }, records);
  }

  cloneSigns(evidence: CloneEvidence, times: number): void {
    this.counters.cloneSigns.inc({ evidence }, times);
  }

  apiAnswered(method: string, code: number, seconds: number): void {
    this.histograms.apiSeconds.observe({ method, code }, seconds);
  }

  private async collect(): Promise<void> {
    const { database } = this.deps;
    const [health, figures] = await Promise.all([
      lookAtHealth(this.deps),
      within(maxFiguresMs, readServiceFigures(database.pool, this.certificateSpan())),
    ]);
    this.setHealth(health);
    this.setFigures(figures);
  }

  private certificateSpan(): { now: Date; soon: Date } {
    const { clock, config } = this.deps;
    const now = clock.now();
    const days = Math.min(maxNoticeDays, config.deviceCertificateDays / 4);
    return { now, soon: new Date(now.getTime() + days * dayMs) };
  }

  private setDeviceSide({ reportsWaiting, webSockets, longPolls }: DeviceSideCounts): void {
    this.gauges.reportsWaiting.set(reportsWaiting);
    this.gauges.webSockets.set(webSockets);
    this.gauges.longPolls.set(longPolls);
  }

  private setJournal(): void {
    const { isKept, figures } = this.deps.journal;
    const { journalFacts, journalBytes } = this.counters;
    journalFacts.reset();
    journalFacts.inc({ result: 'written' }, figures.written);
    journalFacts.inc({ result: 'lost' }, figures.lost);
    journalBytes.reset();
    journalBytes.inc(figures.bytes);
    this.gauges.journalUp.remove();
    if (isKept) this.gauges.journalUp.set(figures.failingSince === undefined ? 1 : 0);
  }

  private setHealth({ database, databaseSeconds, queue }: Health): void {
    const { databaseUp, databaseSeconds: ping, queueUp, workerUp, renderJobs } = this.gauges;
    databaseUp.set(database === 'ok' ? 1 : 0);
    ping.remove();
    if (databaseSeconds !== undefined) ping.set(databaseSeconds);
    queueUp.set(queue.jobs === undefined ? 0 : 1);
    workerUp.remove();
    if (queue.worker !== 'none') workerUp.set(queue.worker === 'running' ? 1 : 0);
    // What is not known is left out: an old value would pass for a new one.
    renderJobs.reset();
    for (const state of queue.jobs === undefined ? [] : jobStates) renderJobs.set({ state }, queue.jobs?.[state] ?? 0);
  }

  private setFigures(figures: ServiceFigures | undefined): void {
    const { devices, restoreDeclaredAt, oldestWantedRender, problems, deviceCertificates, nextCertificateExpiry } =
      this.gauges;
    devices.reset();
    problems.reset();
    restoreDeclaredAt.reset();
    oldestWantedRender.remove();
    deviceCertificates.reset();
    nextCertificateExpiry.remove();
    if (figures === undefined) return;
    const { total, awaiting, conflictPaused, restore, oldestWanted } = figures;
    devices.set({ gate: 'Open' }, total - awaiting - conflictPaused);
    devices.set({ gate: 'AwaitingReconnect' }, awaiting);
    devices.set({ gate: 'ConflictPaused' }, conflictPaused);
    problems.set({ problem: 'template' }, figures.problems.template);
    problems.set({ problem: 'spec' }, figures.problems.spec);
    if (restore !== null) {
      const by = restore.declaredBy === byService.actor ? 'service' : 'person';
      restoreDeclaredAt.set({ by }, restore.declaredAt.getTime() / 1_000);
    }
    const { expiring, expired, next } = figures.certificates;
    deviceCertificates.set({ state: 'expiring' }, expiring);
    deviceCertificates.set({ state: 'expired' }, expired);
    if (next !== null) nextCertificateExpiry.set(next.getTime() / 1_000);
    const ageMs = oldestWanted === null ? 0 : this.deps.clock.now().getTime() - oldestWanted.getTime();
    oldestWantedRender.set(Math.max(0, ageMs / 1_000));
  }

  /** A counter that first appears with its first event hides that event from a query of its growth. */
  private beginAtZero(): void {
    for (const [name, about] of Object.entries(counters)) {
      const counter = this.counters[name as keyof typeof counters];
      for (const label of 'labels' in about ? about.labels : []) {
        for (const value of label.values) counter.inc({ [label.name]: value }, 0);
      }
    }
  }
}

type Options = { name: string; help: string; labelNames: string[]; registers: Registry[]; buckets?: number[] };

/** Makes a metric of each entry of a catalogue, in a registry. */
function makeAll<Key extends string, Made>(
  catalogue: Readonly<Record<Key, MetricAbout>>,
  registry: Registry,
  make: (options: Options) => Made,
): Record<Key, Made> {
  const made = Object.entries<MetricAbout>(catalogue).map(([key, { name, about, labels = [], buckets }]) => [
    key,
    make({
      name,
      help: about,
      labelNames: labels.map((label) => label.name),
      registers: [registry],
      ...(buckets && { buckets: [...buckets] }),
    }),
  ]);
  return Object.fromEntries(made) as Record<Key, Made>;
}

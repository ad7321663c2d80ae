import { randomUUID } from 'node:crypto';
import { CredentialFiles } from './auth/credential-files.ts';
import { OidcIssuer } from './auth/oidc-issuer.ts';
import type { Bus } from './bus/bus.ts';
import { createLocalBus } from './bus/local-bus.ts';
import { createRedisBus } from './bus/redis-bus.ts';
import { createLocalMarks, createRedisMarks, type HighWaterMarks } from './bus/high-water-marks.ts';
import { systemClock, type Clock } from './time/clock.ts';
import { wantsTraces, type Config } from './config/config.ts';
import { connectDatabase, type Database } from './db/client.ts';
import { startEmbeddedPostgres } from './db/server/embedded-postgres.ts';
import { ensureGenesis, firstTimeline } from './db/fence.ts';
import { migrateDatabase } from './db/server/migrate.ts';
import { JournalWriter } from './journal/journal-writer.ts';
import { noJournal, type Journal } from './journal/journal.ts';
import type { CertificateIssuer } from './domain/certificates/certificate-issuer.ts';
import type { SpecRenderer } from './domain/rendering/spec-renderer.ts';
import { maskedKeys } from './domain/secrets/masked-keys.ts';
import { createTemplateRenderer, type TemplateRenderer } from './domain/templates/template-renderer.ts';
import type { Log } from './logging/log.ts';
import { ServiceMetrics } from './metrics/service-metrics.ts';
import { LastSeenTimes } from './usecases/last-seen-times.ts';
import type { Observer } from './usecases/observer.ts';
import { openRenderQueue, type RenderQueue } from './queue/render-queue.ts';
import { openRenderer } from './renderer/open-renderer.ts';
import { noTracing, type Tracing } from './usecases/tracing.ts';
import { uuidv7 } from './usecases/timeline-id.ts';

/** Everything that has a lifetime, and everything that a test or an embedder may want to replace. */
export type Context = {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly database: Database;
  /** Address of the database, with its password. */
  readonly databaseUrl: string;
  /** Last-seen times of devices that are still to be written. */
  readonly lastSeen: LastSeenTimes;
  readonly queue: RenderQueue;
  readonly bus: Bus;
  readonly marks: HighWaterMarks;
  /** Keeps beside the database what would be lost with it. */
  readonly journal: Journal;
  /** Fills the templates of fleets in for their devices. */
  readonly templates: TemplateRenderer;
  /** Turns the spec in force for a device into the form that it is sent. */
  readonly renderer: SpecRenderer;
  readonly metrics: ServiceMetrics;
  /** Is told what happens, after it has: the metrics, where nothing else is given. */
  readonly observer: Observer;
  readonly tracing: Tracing;
  /** Certificates, keys and tokens that are read again when they change. */
  readonly credentialFiles: CredentialFiles;
  /** The issuer of administrators' tokens; undefined where none is configured. */
  readonly oidcIssuer: OidcIssuer | undefined;
  /** The device CA; undefined where none is configured. */
  readonly deviceCa: CertificateIssuer | undefined;
  /** Names this process among the instances. */
  readonly instance: string;
  /** Resolves if the private PostgreSQL is gone for good, without which nothing goes on. */
  readonly lost: Promise<Error>;
  /** Closes all of it, in the reverse order of opening. Does nothing the second time. */
  destroy(): Promise<void>;
};

/** The one seam: what is given here is used instead of what would be made. */
export type Overrides = Partial<
  Pick<Context, 'clock' | 'database' | 'queue' | 'bus' | 'marks' | 'templates' | 'renderer' | 'observer' | 'tracing'>
>;

/**
 * Opens what the service stands on: the database at its newest schema and with a first timeline, queue and bus.
 *
 * @throws Error saying what could not be opened; what was open by then is closed again
 */
export async function createContext(config: Config, log: Log, overrides: Overrides = {}): Promise<Context> {
  const closers: Closer[] = [];
  try {
    return await openContext(config, log, overrides, closers);
  } catch (error) {
    await closeInReverse(closers).catch((closing: unknown) => log.warn({ error: String(closing) }, 'closing failed'));
    throw error;
  }
}

/** @param closers is given how to close each thing as it opens */
async function openContext(config: Config, log: Log, overrides: Overrides, closers: Closer[]): Promise<Context> {
  const clock = overrides.clock ?? systemClock;
  const tracing = overrides.tracing ?? (await openTracing(config));
  closers.push(() => tracing.close());
  const credentialFiles = new CredentialFiles(log);
  closers.push(async () => credentialFiles.close());
  const deviceCa = await openDeviceCa(config, credentialFiles);
  let lose: (error: Error) => void = () => undefined;
  const lost = new Promise<Error>((resolve) => {
    lose = resolve;
  });
  const databaseUrl = config.databaseUrl ?? (await startPrivatePostgres(config, { log, onGivenUp: lose }, closers));
  await migrateDatabase(databaseUrl);
  const database =
    overrides.database ?? connectDatabase(databaseUrl, { poolSize: config.databasePool, applicationName: 'muster' });
  closers.push(() => database.close());
  await database.transact((tx) => ensureGenesis(tx, uuidv7(clock.now()), clock.now()));
  const instance = randomUUID();
  const journal = await openJournal(config, { database, instance, clock, log });
  closers.push(() => journal.close());
  const lastSeen = new LastSeenTimes({ database, log });
  closers.push(() => lastSeen.write());
  const marks =
    overrides.marks ?? (config.redisUrl === undefined ? createLocalMarks() : createRedisMarks(config.redisUrl, log));
  closers.push(() => marks.close());
  const bus =
    overrides.bus ?? (config.redisUrl === undefined ? createLocalBus() : createRedisBus(config.redisUrl, log));
  closers.push(() => bus.close());
  const rendering = await openRenderer(config, { clock, log, credentialFiles });
  closers.push(() => rendering.close());
  const queue = overrides.queue ?? openRenderQueue({ databaseUrl, redisUrl: config.redisUrl }, log);
  closers.push(() => queue.close());
  const metrics = new ServiceMetrics({ database, queue, journal, clock, config });
  return {
    config,
    clock,
    log,
    database,
    databaseUrl,
    lastSeen,
    queue,
    bus,
    marks,
    journal,
    templates: overrides.templates ?? createTemplateRenderer({ isMasked: maskedKeys(config.maskKeys) }),
    renderer: overrides.renderer ?? rendering,
    metrics,
    observer: overrides.observer ?? metrics,
    tracing,
    credentialFiles,
    oidcIssuer: config.oidcIssuer === undefined ? undefined : new OidcIssuer(config.oidcIssuer, { clock, log }),
    deviceCa,
    instance,
    lost,
    destroy: () => closeInReverse(closers),
  };
}

async function openJournal(
  { journal: directory }: Config,
  deps: { readonly database: Database; readonly instance: string; readonly clock: Clock; readonly log: Log },
): Promise<Journal> {
  if (directory === undefined) return noJournal;
  return new JournalWriter({ ...deps, directory, origin: await firstTimeline(deps.database.pool) });
}

/** Closes one thing that is open. */
type Closer = () => Promise<void>;

/** Closes what was opened last first. One that fails keeps no other open. @throws AggregateError of those that failed */
async function closeInReverse(closers: Closer[]): Promise<void> {
  const failures: unknown[] = [];
  for (const close of closers.splice(0).toReversed()) {
    await close().catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('; '));
}

async function startPrivatePostgres(
  { dataDir }: Config,
  { log, onGivenUp }: { log: Log; onGivenUp: (error: Error) => void },
  closers: Closer[],
): Promise<string> {
  const embedded = await startEmbeddedPostgres(dataDir, {
    onEnded: () => log.error({ dataDir }, 'the private PostgreSQL has ended; it is started again'),
    onGivenUp,
  });
  closers.push(() => embedded.stop());
  log.info({ dataDir }, 'DATABASE_URL is not set: a private PostgreSQL is used');
  return embedded.url;
}

/** The library that signs certificates takes half a second to load, so it is loaded only where it is wanted. */
async function openDeviceCa(config: Config, files: CredentialFiles): Promise<CertificateIssuer | undefined> {
  const { deviceCaCert, deviceCaKey } = config;
  if (deviceCaCert === undefined || deviceCaKey === undefined) return undefined;
  const { DeviceCertificateAuthority } = await import('./auth/device-certificate-authority.ts');
  const cert = { setting: 'MUSTER_DEVICE_CA_CERT', path: deviceCaCert };
  const key = { setting: 'MUSTER_DEVICE_CA_KEY', path: deviceCaKey };
  return await DeviceCertificateAuthority.open({ cert, key }, files);
}

/** OpenTelemetry is loaded only where it is wanted. */
async function openTracing(config: Config): Promise<Tracing> {
  if (!wantsTraces(config)) return noTracing;
  const { startOpenTelemetry } = await import('./tracing/open-telemetry.ts');
  return startOpenTelemetry();
}

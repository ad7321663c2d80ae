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
import { startEmbeddedPostgres, type EmbeddedPostgres } from './db/server/embedded-postgres.ts';
import { ensureGenesis } from './db/fence.ts';
import { migrateDatabase } from './db/server/migrate.ts';
import type { CertificateIssuer } from './domain/certificates/certificate-issuer.ts';
import type { SpecRenderer } from './domain/rendering/spec-renderer.ts';
import { maskedKeys } from './domain/secrets/masked-keys.ts';
import { createTemplateRenderer, type TemplateRenderer } from './domain/templates/template-renderer.ts';
import type { Log } from './logging/log.ts';
import { ServiceMetrics } from './metrics/service-metrics.ts';
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
  readonly queue: RenderQueue;
  readonly bus: Bus;
  readonly marks: HighWaterMarks;
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
  /** Closes all of it, in the order that loses nothing. */
  destroy(): Promise<void>;
};

/** The one seam: what is given here is used instead of what would be made. */
export type Overrides = Partial<
  Pick<Context, 'clock' | 'database' | 'queue' | 'bus' | 'marks' | 'templates' | 'renderer' | 'observer' | 'tracing'>
>;

/** Opens what the service stands on: the database at its newest schema and with a first timeline, queue and bus. */
export async function createContext(config: Config, log: Log, overrides: Overrides = {}): Promise<Context> {
  const clock = overrides.clock ?? systemClock;
  const credentialFiles = new CredentialFiles(log);
  const deviceCa = await openDeviceCa(config, credentialFiles);
  let embedded: EmbeddedPostgres | undefined;
  let databaseUrl = config.databaseUrl;
  if (databaseUrl === undefined) {
    embedded = await startEmbeddedPostgres(config.dataDir);
    databaseUrl = embedded.url;
    log.info({ dataDir: config.dataDir }, 'DATABASE_URL is not set: a private PostgreSQL is used');
  }
  try {
    await migrateDatabase(databaseUrl);
    const database =
      overrides.database ?? connectDatabase(databaseUrl, { poolSize: config.databasePool, applicationName: 'muster' });
    await database.transact((tx) => ensureGenesis(tx, uuidv7(clock.now()), clock.now()));
    const queue = overrides.queue ?? openRenderQueue({ databaseUrl, redisUrl: config.redisUrl }, log);
    const bus =
      overrides.bus ?? (config.redisUrl === undefined ? createLocalBus() : createRedisBus(config.redisUrl, log));
    const marks =
      overrides.marks ?? (config.redisUrl === undefined ? createLocalMarks() : createRedisMarks(config.redisUrl, log));
    const metrics = new ServiceMetrics({ database, queue, clock, config });
    const tracing = overrides.tracing ?? (await openTracing(config));
    const rendering = await openRenderer(config, { clock, log, credentialFiles });
    return {
      config,
      clock,
      log,
      database,
      queue,
      bus,
      marks,
      templates: overrides.templates ?? createTemplateRenderer({ isMasked: maskedKeys(config.maskKeys) }),
      renderer: overrides.renderer ?? rendering,
      metrics,
      observer: overrides.observer ?? metrics,
      tracing,
      credentialFiles,
      oidcIssuer: config.oidcIssuer === undefined ? undefined : new OidcIssuer(config.oidcIssuer, { clock, log }),
      deviceCa,
      instance: randomUUID(),
      async destroy() {
        credentialFiles.close();
        await queue.close();
        await rendering.close();
        await bus.close();
        await marks.close();
        await database.close();
        await embedded?.stop();
        await tracing.close();
      },
    };
  } catch (error) {
    credentialFiles.close();
    await embedded?.stop();
    throw error;
  }
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

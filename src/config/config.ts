import { join } from 'node:path';
import { z } from 'zod';
import { deviceCaSettings } from './device-ca-settings.ts';
import { usualMaskKeys } from '../domain/secrets/masked-keys.ts';
import { contradictionsIn } from './listen-rules.ts';
import { journalSettings } from './journal-settings.ts';
import { oidcSettings } from './oidc-settings.ts';
import { retentionSettings } from './retention-settings.ts';
import { tracingSettings } from './tracing-settings.ts';
import { contradictionsOfRenderer, rendererSettings } from './renderer-settings.ts';
import {
  addressRanges,
  durationMs,
  file,
  flag,
  headerName,
  keyWords,
  listen,
  notice,
  url,
  wholeNumber,
} from './setting-forms.ts';

/**
 * Every setting of the service: its environment variable, its flag of `muster serve` (where it has one), what it means
 * and how it is read. The configuration reference is generated from this table.
 */
export const settings = {
  databaseUrl: {
    env: 'DATABASE_URL',
    flag: '--database-url <url>',
    about: 'PostgreSQL 15 or newer. Without it a private one is started under `MUSTER_DATA_DIR`.',
    schema: url('postgres', 'postgresql').optional(),
  },
  databasePassword: {
    env: 'DB_PASSWORD',
    about: 'Password for `DATABASE_URL`, if the URL itself has none.',
    schema: z.string().optional(),
  },
  redisUrl: {
    env: 'REDIS_URL',
    flag: '--redis-url <url>',
    about:
      'Redis or Valkey, for the queue and for telling other instances. Without it both run on PostgreSQL and in this process.',
    schema: url('redis', 'rediss').optional(),
  },
  redisPassword: {
    env: 'KV_PASSWORD',
    about: 'Password for `REDIS_URL`, if the URL itself has none.',
    schema: z.string().optional(),
  },
  dataDir: {
    env: 'MUSTER_DATA_DIR',
    flag: '--data-dir <directory>',
    about: 'Directory in which the private PostgreSQL keeps its data.',
    schema: z.string().min(1).default('.muster'),
  },
  apiListen: {
    env: 'MUSTER_API_LISTEN',
    flag: '--api-listen <host:port>',
    about: 'Address of the admin API. Port 0 picks a free one.',
    schema: listen('127.0.0.1:3443'),
  },
  agentListen: {
    env: 'MUSTER_AGENT_LISTEN',
    flag: '--agent-listen <host:port>',
    about: 'Address that devices talk to. Port 0 picks a free one.',
    schema: listen('127.0.0.1:7443'),
  },
  apiTlsCert: {
    env: 'MUSTER_API_TLS_CERT',
    flag: '--api-tls-cert <file>',
    about:
      'PEM file with the certificate of the admin API, and the intermediate ones after it. With it the admin API speaks TLS. Read again when it changes.',
    schema: file,
  },
  apiTlsKey: {
    env: 'MUSTER_API_TLS_KEY',
    flag: '--api-tls-key <file>',
    about: 'PEM file with the private key of that certificate.',
    schema: file,
  },
  agentTlsCert: {
    env: 'MUSTER_AGENT_TLS_CERT',
    flag: '--agent-tls-cert <file>',
    about:
      'PEM file with the certificate of the listener for devices, and the intermediate ones after it. With it that listener speaks TLS. Read again when it changes.',
    schema: file,
  },
  agentTlsKey: {
    env: 'MUSTER_AGENT_TLS_KEY',
    flag: '--agent-tls-key <file>',
    about: 'PEM file with the private key of that certificate.',
    schema: file,
  },
  agentClientCa: {
    env: 'MUSTER_AGENT_CLIENT_CA',
    flag: '--agent-client-ca <file>',
    about:
      'PEM file with the certificates of the authorities that issue certificates to devices. With it devices may authenticate by mutual TLS. Read again when it changes.',
    schema: file,
  },
  deviceTokenKeys: {
    env: 'MUSTER_DEVICE_TOKEN_KEYS',
    flag: '--device-token-keys <file>',
    about:
      'PEM file with the public keys (Ed25519) that device tokens are checked with. With it devices may authenticate by a token. Read again when it changes.',
    schema: file,
  },
  ...deviceCaSettings,
  forwardedCertHeader: {
    env: 'MUSTER_FORWARDED_CERT_HEADER',
    about:
      'Header in which a proxy that ends TLS hands on the certificate of a device, such as `X-Forwarded-Client-Cert`. Trusted only from `MUSTER_TRUSTED_PROXIES`, and checked with `MUSTER_AGENT_CLIENT_CA`.',
    schema: headerName,
  },
  trustedProxies: {
    env: 'MUSTER_TRUSTED_PROXIES',
    about:
      'Addresses and ranges (CIDR) of the proxies whose headers are trusted (`X-Forwarded-For` and `MUSTER_FORWARDED_CERT_HEADER`), with commas between them.',
    schema: addressRanges,
  },
  ...oidcSettings,
  tokensFile: {
    env: 'MUSTER_TOKENS_FILE',
    flag: '--tokens-file <file>',
    about:
      'YAML or JSON file of static tokens, hashed, for machines such as the restore tool; `muster token create` makes its lines. Read again when it changes.',
    schema: file,
  },
  pollTimeoutMs: {
    env: 'MUSTER_POLL_TIMEOUT',
    flag: '--poll-timeout <duration>',
    about: 'Longest wait of a device’s poll for news before it ends with 204.',
    schema: durationMs('120s', 10),
  },
  deviceRate: {
    env: 'MUSTER_DEVICE_RATE',
    about:
      'Most requests and WebSocket frames a second from one device in the long run, polls included, and ten seconds’ worth at once. A request that names no device counts for its address. 0 for no limit.',
    schema: wholeNumber(50, 0, 1_000_000),
  },
  adminRate: {
    env: 'MUSTER_ADMIN_RATE',
    about:
      'Most requests a second from one principal of the admin API in the long run, and ten seconds’ worth at once. 0 for no limit.',
    schema: wholeNumber(1_000, 0, 1_000_000),
  },
  refusedRate: {
    env: 'MUSTER_REFUSED_RATE',
    about:
      'Most requests a second with refused credentials from one address in the long run, and ten seconds’ worth at once. Past it requests from there are turned away with 429, except on connections on which a credential was accepted. Not for `MUSTER_TRUSTED_PROXIES`. 0 for no limit.',
    schema: wholeNumber(20, 0, 1_000_000),
  },
  maxConnections: {
    env: 'MUSTER_MAX_CONNECTIONS',
    about: 'Most connections that each listener keeps open at the same time. 0 for no limit.',
    schema: wholeNumber(50_000, 0, 1_000_000),
  },
  maxConnectionsPerAddress: {
    env: 'MUSTER_MAX_CONNECTIONS_PER_ADDRESS',
    about:
      'Most of them from one address, which whole sites may share. Not for `MUSTER_TRUSTED_PROXIES`. 0 for no limit.',
    schema: wholeNumber(20_000, 0, 1_000_000),
  },
  maxBytes: {
    env: 'MUSTER_MAX_BYTES',
    about:
      'Most bytes of request bodies and WebSocket frames that each listener holds at the same time. A request past it waits for room, at most five seconds; then its sender is told to come back later.',
    schema: wholeNumber(16_777_216, 65_536, 1_073_741_824),
  },
  maxBytesPerAddress: {
    env: 'MUSTER_MAX_BYTES_PER_ADDRESS',
    about:
      'Most of them from one address, which whole sites may share, and from one principal of the admin API. Not for `MUSTER_TRUSTED_PROXIES`.',
    schema: wholeNumber(8_388_608, 65_536, 1_073_741_824),
  },
  maxBytesPerDevice: {
    env: 'MUSTER_MAX_BYTES_PER_DEVICE',
    about: 'Most of them from one device.',
    schema: wholeNumber(2_097_152, 65_536, 1_073_741_824),
  },
  maxPollsPerDevice: {
    env: 'MUSTER_MAX_POLLS_PER_DEVICE',
    about:
      'Most polls of one device that wait at the same time; a further one ends the oldest. A device has one WebSocket.',
    schema: wholeNumber(4, 1, 1_000),
  },
  headersTimeoutMs: {
    env: 'MUSTER_HEADERS_TIMEOUT',
    about: 'Longest time for a client to send the headers of a request; never longer than for the whole request.',
    schema: durationMs('10s', 100),
  },
  requestTimeoutMs: {
    env: 'MUSTER_REQUEST_TIMEOUT',
    about: 'Longest time for a client to send a whole request.',
    schema: durationMs('30s', 100),
  },
  maskKeys: {
    env: 'MUSTER_MASK_KEYS',
    about:
      'Words by which a key names a secret, with commas between them, instead of the usual ones. Such values are masked in differences, events, messages and logs; capitals, blanks, `-`, `_` and `.` in keys do not matter.',
    schema: keyWords(usualMaskKeys),
  },
  logLevel: {
    env: 'MUSTER_LOG_LEVEL',
    flag: '--log-level <level>',
    about:
      'One of `trace`, `debug`, `info`, `warn`, `error`, `fatal`, `silent`. Logs go to standard error, one JSON object a line.',
    schema: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  },
  worker: {
    env: 'MUSTER_WORKER',
    flag: '--worker <true|false>',
    about: '`true` if this process also renders.',
    schema: flag(true),
  },
  processes: {
    env: 'MUSTER_PROCESSES',
    flag: '--processes <number>',
    about:
      'Processes that devices talk to. Above 1 another process serves people and renders, so that the admin API answers during a storm of devices. The processes find each other by `REDIS_URL`, which is then required. Limits of connections and rates, and `MUSTER_DATABASE_POOL`, are for each process.',
    schema: wholeNumber(1, 1, 64),
  },
  databasePool: {
    env: 'MUSTER_DATABASE_POOL',
    about: 'Most connections to PostgreSQL that this process opens for requests.',
    schema: wholeNumber(10, 2, 200),
  },
  ...rendererSettings,
  sweepIntervalMs: {
    env: 'MUSTER_SWEEP_INTERVAL',
    about: 'Interval of the checks for what a lost message missed: unrendered devices, undelivered specs, a restore.',
    schema: durationMs('3s', 50),
  },
  disconnectedAfterMs: {
    env: 'MUSTER_DISCONNECTED_AFTER',
    about: 'Silence after which a device’s summary status reads `Unknown`.',
    schema: durationMs('5m', 1_000),
  },
  noticeCopy: {
    env: 'MUSTER_NOTICE_COPY',
    about:
      'Answer to a database that turns out to be a copy (its identity differs from the one stored in it) although nobody declared a restore: `declare` one, `warn`, or `off`.',
    schema: notice,
  },
  noticeRewind: {
    env: 'MUSTER_NOTICE_REWIND',
    about:
      'Answer to a database whose write-ahead log or count of looks is lower than what is remembered in Redis, as after a volume snapshot, or whose rows were put back by another program: `declare`, `warn` or `off`.',
    schema: notice,
  },
  noticeAhead: {
    env: 'MUSTER_NOTICE_AHEAD',
    about:
      'Answer to a share of the devices that report (MUSTER_NOTICE_AHEAD_PERCENT) being ahead of the service although no restore was declared: `declare`, `warn` or `off`.',
    schema: notice,
  },
  noticeAheadPercent: {
    env: 'MUSTER_NOTICE_AHEAD_PERCENT',
    about:
      'Share of the devices that report, in percent, that must be ahead within a minute, and three at least, for a restore to be declared because of it. Below it each is an event.',
    schema: wholeNumber(20, 1, 100),
  },
  noticeAheadPauseMs: {
    env: 'MUSTER_NOTICE_AHEAD_PAUSE',
    about:
      'Pause after a restore that was declared because devices were ahead, before the next such one; it doubles each time, up to a day.',
    schema: durationMs('1h', 1_000),
  },
  noticeIntervalMs: {
    env: 'MUSTER_NOTICE_INTERVAL',
    about: 'Interval of the checks for a restore that nobody declared, beside those at start and after each reconnect.',
    schema: durationMs('10s', 50),
  },
  reportBatch: {
    env: 'MUSTER_REPORT_BATCH',
    about: 'Most reports that share one commit.',
    schema: wholeNumber(500, 1, 10_000),
  },
  reportQueue: {
    env: 'MUSTER_REPORT_QUEUE',
    about:
      'Most reports that wait for a commit. Past it requests wait for room, at most five seconds; then devices are told to come back later.',
    schema: wholeNumber(20_000, 1, 1_000_000),
  },
  shutdownTimeoutMs: {
    env: 'MUSTER_SHUTDOWN_TIMEOUT',
    about: 'Longest time for a stopping process to finish what it began.',
    schema: durationMs('10s', 100),
  },
  ...retentionSettings,
  ...journalSettings,
  ...tracingSettings,
} as const satisfies Record<string, { env: string; flag?: string; about: string; schema: z.ZodType }>;

type Settings = typeof settings;
/** The configuration, typed and frozen. */
export type Config = { readonly [Name in keyof Settings]: z.output<Settings[Name]['schema']> };

export type Environment = Readonly<Record<string, string | undefined>>;

/** A configuration that cannot be used. The message names every wrong setting. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Reads the configuration. @throws ConfigError naming every setting that is wrong and what was expected */
export function readConfig(env: Environment = process.env): Config {
  const problems: string[] = [];
  const read: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(settings)) {
    const text = env[setting.env];
    const parsed = setting.schema.safeParse(text === '' ? undefined : text);
    if (parsed.success) read[name] = parsed.data;
    else problems.push(`${setting.env}: ${parsed.error.issues.map((issue) => issue.message).join('; ')}`);
  }
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
  const config = read as Config;
  const contradictions = [
    ...contradictionsIn(config),
    ...contradictionsOfProcesses(config),
    ...contradictionsOfRenderer(config),
  ];
  if (contradictions.length > 0) throw new ConfigError(contradictions.join('\n'));
  return Object.freeze({
    ...config,
    databaseUrl: withPassword(config.databaseUrl, config.databasePassword),
    redisUrl: withPassword(config.redisUrl, config.redisPassword),
    journal: config.journal ?? (config.databaseUrl === undefined ? join(config.dataDir, 'journal') : undefined),
  });
}

function contradictionsOfProcesses({ processes, redisUrl }: Pick<Config, 'processes' | 'redisUrl'>): string[] {
  if (processes === 1 || redisUrl !== undefined) return [];
  return ['REDIS_URL: expected a URL, because MUSTER_PROCESSES is above 1 and the processes find each other by Redis'];
}

function withPassword(text: string | undefined, password: string | undefined): string | undefined {
  if (text === undefined || password === undefined) return text;
  const parsed = new URL(text);
  if (parsed.password === '') parsed.password = encodeURIComponent(password);
  return parsed.toString();
}

/** Tells if traces are to be sent. OpenTelemetry reads from the environment where to and how. */
export function wantsTraces(
  config: Pick<Config, 'otlpEndpoint' | 'otlpTracesEndpoint' | 'tracesExporter' | 'openTelemetryOff'>,
): boolean {
  if (config.openTelemetryOff || config.tracesExporter === 'none') return false;
  return (config.tracesExporter ?? config.otlpEndpoint ?? config.otlpTracesEndpoint) !== undefined;
}

/** The environment as it is, for child processes and for the command line. */
export function inheritedEnvironment(): Environment {
  return process.env;
}

import { z } from 'zod';

/** Seconds from `90s`, `2m`, `500ms`, `1h` or a bare number of seconds. */
const durationMs = (defaultText: string, atLeastMs = 0) =>
  z
    .string()
    .default(defaultText)
    .transform((text, issues) => {
      const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text.trim());
      const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;
      const ms = match === null ? Number.NaN : Number(match[1]) * unitMs[(match[2] ?? 's') as keyof typeof unitMs];
      if (!(ms >= atLeastMs)) {
        issues.addIssue(
          `expected a duration such as 90s, 2m or 500ms, at least ${atLeastMs} ms; found ${JSON.stringify(text)}`,
        );
        return z.NEVER;
      }
      return ms;
    });

const wholeNumber = (defaultValue: number, least: number, most: number) =>
  z.coerce
    .number({ error: `expected a whole number from ${least} to ${most}` })
    .int()
    .min(least)
    .max(most)
    .default(defaultValue);

const flag = (defaultValue: boolean) =>
  z
    .enum(['true', 'false', '1', '0'], { error: 'expected true or false' })
    .default(defaultValue ? 'true' : 'false')
    .transform((text) => text === 'true' || text === '1');

const url = (...schemes: string[]) =>
  z.string().refine((text) => URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1)), {
    error: `expected a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
  });

const listen = (defaultText: string) =>
  z
    .string()
    .default(defaultText)
    .transform((text, issues) => {
      const match = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
      const host = match?.[1] ?? match?.[2];
      const port = Number(match?.[3]);
      if (host === undefined || port > 65_535) {
        issues.addIssue(
          `expected HOST:PORT such as 127.0.0.1:3443 (port 0 picks a free one), found ${JSON.stringify(text)}`,
        );
        return z.NEVER;
      }
      return { host, port };
    });

const notice = z.enum(['declare', 'warn', 'off'], { error: 'expected declare, warn or off' }).default('declare');

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
    about: 'Where the private PostgreSQL keeps its data.',
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
  pollTimeoutMs: {
    env: 'MUSTER_POLL_TIMEOUT',
    flag: '--poll-timeout <duration>',
    about: 'How long a device’s poll waits for news before it ends with 204.',
    schema: durationMs('120s', 10),
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
    about: 'Whether this process also renders.',
    schema: flag(true),
  },
  databasePool: {
    env: 'MUSTER_DATABASE_POOL',
    about: 'How many connections to PostgreSQL this process may open for requests.',
    schema: wholeNumber(10, 2, 200),
  },
  sweepIntervalMs: {
    env: 'MUSTER_SWEEP_INTERVAL',
    about:
      'How often a process looks for what a lost message missed: unrendered devices, undelivered specs, a restore.',
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
      'What to do when the database turns out to be a copy (its identity differs from the one stored in it) and nobody declared a restore: `declare` one, `warn`, or `off`.',
    schema: notice,
  },
  noticeRewind: {
    env: 'MUSTER_NOTICE_REWIND',
    about:
      'What to do when the database’s write-ahead log is behind the highest position remembered in Redis, as after a volume snapshot was put back: `declare`, `warn` or `off`.',
    schema: notice,
  },
  noticeAhead: {
    env: 'MUSTER_NOTICE_AHEAD',
    about:
      'What to do when several devices within a minute are ahead of the service although no restore was declared: `declare`, `warn` or `off`.',
    schema: notice,
  },
  noticeIntervalMs: {
    env: 'MUSTER_NOTICE_INTERVAL',
    about: 'How often a restore that nobody declared is looked for, beside at start and after each reconnect.',
    schema: durationMs('10s', 50),
  },
  reportBatch: {
    env: 'MUSTER_REPORT_BATCH',
    about: 'How many reports share one commit at the most.',
    schema: wholeNumber(500, 1, 10_000),
  },
  reportQueue: {
    env: 'MUSTER_REPORT_QUEUE',
    about: 'How many reports may wait for a commit; past it devices are told to come back later.',
    schema: wholeNumber(20_000, 1, 1_000_000),
  },
  shutdownTimeoutMs: {
    env: 'MUSTER_SHUTDOWN_TIMEOUT',
    about: 'How long a stopping process may take to finish what it began.',
    schema: durationMs('10s', 100),
  },
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
  return Object.freeze({
    ...config,
    databaseUrl: withPassword(config.databaseUrl, config.databasePassword),
    redisUrl: withPassword(config.redisUrl, config.redisPassword),
  });
}

function withPassword(text: string | undefined, password: string | undefined): string | undefined {
  if (text === undefined || password === undefined) return text;
  const parsed = new URL(text);
  if (parsed.password === '') parsed.password = encodeURIComponent(password);
  return parsed.toString();
}

/** Where the command line finds its server, and who it says it is. */
export function clientDefaults(env: Environment = process.env): { server: string; token: string | undefined } {
  return { server: env['MUSTER_SERVER'] ?? 'http://127.0.0.1:3443', token: env['MUSTER_TOKEN'] };
}

/** Whether the environment names a database and no server: then what can be done without a server is done on it. */
export function namesDatabaseOnly(env: Environment = process.env): boolean {
  return Boolean(env['DATABASE_URL']) && !env['MUSTER_SERVER'];
}

/** Where simulated devices find the listener for devices. */
export function agentServerDefault(env: Environment = process.env): string {
  return env['MUSTER_AGENT_SERVER'] ?? 'http://127.0.0.1:7443';
}

/** The environment as it is, for a child process. */
export function inheritedEnvironment(): Environment {
  return process.env;
}

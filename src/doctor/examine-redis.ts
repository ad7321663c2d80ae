import { Redis } from 'ioredis';
import type { Config } from '../config/config.ts';
import { rootCause } from '../logging/root-cause.ts';
import { findingsIn, type Finding } from './finding.ts';
import { judgeClock } from './judge-clock.ts';

const { ok, warning, problem } = findingsIn('redis');

/** Redis versions that the queue needs (BullMQ's requirements: at least 5.0, 6.2 for all of its features). */
const oldestMajorVersion = 5;
const answerWithinMs = 5_000;

/** Looks Redis over, where there is one. Nothing is changed. */
export async function examineRedis({ redisUrl }: Pick<Config, 'redisUrl'>): Promise<Finding[]> {
  if (redisUrl === undefined) {
    return [ok('not used: REDIS_URL is not set, so the queue is in PostgreSQL, and one instance is all that may run')];
  }
  const where = `the server at ${new URL(redisUrl).host}`;
  const client = new Redis(redisUrl, {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    connectTimeout: answerWithinMs,
    commandTimeout: answerWithinMs,
  });
  let lastError: unknown;
  client.on('error', (error: unknown) => {
    lastError = error;
  });
  try {
    await client.connect();
    const info = parseInfo(await client.info());
    return [version(where, info), ...role(info), await clock(client), eviction(info), await persistence(client, info)];
  } catch (error) {
    return [
      problem(
        `${where} cannot be used: ${rootCause(lastError ?? error)}`,
        'Check that it runs, that this machine may reach it, and the user and password in REDIS_URL (and KV_PASSWORD).',
      ),
    ];
  } finally {
    client.disconnect();
  }
}

type Info = ReadonlyMap<string, string>;

/** The lines of INFO: `name:value`. */
function parseInfo(text: string): Info {
  return new Map(
    text.split('\n').flatMap((line) => {
      const at = line.indexOf(':');
      return at === -1 ? [] : [[line.slice(0, at), line.slice(at + 1).trim()] as const];
    }),
  );
}

function version(where: string, info: Info): Finding {
  const valkey = info.get('valkey_version');
  const found = info.get('redis_version') ?? 'of an unknown version';
  const name = valkey === undefined ? `Redis ${found}` : `Valkey ${valkey}`;
  if (Number(found.split('.')[0]) >= oldestMajorVersion) return ok(`${where} is reached: ${name}`);
  return problem(`${name} is too old`, 'Upgrade to Redis 6.2 or newer, or to Valkey.');
}

function role(info: Info): Finding[] {
  if ((info.get('role') ?? 'master') === 'master') return [];
  return [problem('the server is a replica, and takes no writes', 'Let REDIS_URL name the primary.')];
}

async function clock(client: Redis): Promise<Finding> {
  const askedAt = Date.now();
  const [seconds, microseconds] = await client.time();
  const here = (askedAt + Date.now()) / 2;
  const aheadMs = Number(seconds) * 1_000 + Number(microseconds) / 1_000 - here;
  return judgeClock('redis', aheadMs, 'the queue delays and repeats jobs by them');
}

function eviction(info: Info): Finding {
  const policy = info.get('maxmemory_policy') ?? 'noeviction';
  if (policy === 'noeviction') return ok('it keeps what it is given (noeviction)');
  return warning(
    `it may throw keys away when its memory is full (maxmemory-policy ${policy})`,
    'Set maxmemory-policy to noeviction: a queue without some of its keys loses jobs, which are then found late.',
  );
}

async function persistence(client: Redis, info: Info): Promise<Finding> {
  // Hosted servers often do not let it be asked; then what INFO says has to do.
  const saves = await client.config('GET', 'save').then(
    (answer) => (Array.isArray(answer) ? (answer[1] ?? '') : ''),
    () => undefined,
  );
  if (info.get('aof_enabled') === '1') return ok('it keeps its data over a restart (append-only file)');
  if (saves === undefined) return ok('whether it keeps its data over a restart cannot be asked');
  if (saves !== '') return ok('it keeps its data over a restart (snapshots)');
  return warning(
    'it forgets everything when it restarts',
    'Nothing is lost by that but one thing: a volume snapshot of PostgreSQL put back right after such a restart goes unnoticed. Turn on appendonly or save.',
  );
}

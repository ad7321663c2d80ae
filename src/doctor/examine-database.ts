import type { Config } from '../config/config.ts';
import { examineDatabase as lookAtDatabase, type DatabaseCheckup } from '../db/server/database-checkup.ts';
import { rootCause } from '../logging/root-cause.ts';
import { identityChanges } from '../usecases/verify-database.ts';
import { findingsIn, type Finding } from './finding.ts';
import { judgeClock } from './judge-clock.ts';
import { answerWithin } from '../time/time-limit.ts';

const { ok, warning, problem } = findingsIn('database');

const oldestMajorVersion = 15;
/** Connections of a process beside its pool: the queue's on PostgreSQL, and those of starting. */
const connectionsBesidePool = 6;
/** Longer than the driver tries to connect. */
const giveUpAfterMs = 10_000;

/** Looks the database over, where there is one of one's own. Nothing is changed. */
export async function examineDatabase(
  config: Pick<Config, 'databaseUrl' | 'databasePool' | 'noticeCopy' | 'processes'>,
): Promise<Finding[]> {
  if (config.databaseUrl === undefined) return [ok('a private PostgreSQL is started with the service')];
  const where = placeOf(config.databaseUrl);
  let checkup: DatabaseCheckup;
  try {
    checkup = await answerWithin(giveUpAfterMs, lookAtDatabase(config.databaseUrl));
  } catch (error) {
    return [
      problem(
        `${where} cannot be used: ${rootCause(error)}`,
        'Check that the server runs, that this machine may reach it, and the user, password and database in DATABASE_URL (and DB_PASSWORD).',
      ),
    ];
  }
  return [
    version(where, checkup),
    ...role(checkup),
    judgeClock('database', checkup.clockAheadMs, 'times of answers and events come from both'),
    migrations(checkup.migrations),
    identity(checkup.identity, config.noticeCopy),
    ...connections(checkup.connections, config),
  ];
}

/** Address of a database, without its password. */
function placeOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `${pathname.slice(1) || 'the database'} on ${host}`;
}

function version(where: string, { version: found, majorVersion }: DatabaseCheckup): Finding {
  if (majorVersion >= oldestMajorVersion) return ok(`${where} is reached: PostgreSQL ${found}`);
  return problem(`PostgreSQL ${found} is too old`, `Upgrade the server to PostgreSQL ${oldestMajorVersion} or newer.`);
}

function role({ isReplica, isReadOnly, isDurable, mayCreate }: DatabaseCheckup): Finding[] {
  const findings: Finding[] = [];
  if (isReplica) {
    findings.push(problem('the server is a replica, and takes no writes', 'Let DATABASE_URL name the primary.'));
  } else if (isReadOnly) {
    findings.push(
      problem(
        'the database is set to take no writes (default_transaction_read_only)',
        'Let DATABASE_URL name the primary, or set it back: ALTER SYSTEM (or DATABASE …, ROLE …) RESET default_transaction_read_only.',
      ),
    );
  } else if (!mayCreate) {
    findings.push(
      problem(
        'this user may not create tables and schemas',
        'Run, as the owner: GRANT CREATE ON DATABASE … TO …; GRANT CREATE ON SCHEMA public TO …;',
      ),
    );
  }
  if (!isDurable) {
    findings.push(
      warning(
        'fsync or full_page_writes is off: a crash can corrupt the database',
        'Set both to on in postgresql.conf.',
      ),
    );
  }
  return findings;
}

function migrations({ known, applied, unknown }: DatabaseCheckup['migrations']): Finding {
  if (unknown > 0) {
    return problem(
      `a newer Muster has migrated it (${unknown} migrations are unknown here)`,
      'Run that newer version, or restore a backup from before the upgrade.',
    );
  }
  if (applied === 0) return ok('it is empty: the service will set it up at its start');
  if (applied < known)
    return ok(`${applied} of ${known} migrations are applied; the service will apply the others at its start`);
  return ok(`all ${known} migrations are applied`);
}

function identity(found: DatabaseCheckup['identity'], noticeCopy: Config['noticeCopy']): Finding {
  if (found === undefined) return ok('no service has run on it yet');
  const changes = identityChanges(found.stored, found.real);
  if (changes.length === 0) return ok('it is the database that the service last ran on');
  const copy = `it is a copy of the database that the service last ran on: ${changes.join(', ')}`;
  switch (noticeCopy) {
    case 'declare':
      return warning(
        copy,
        'The service will declare a restore at its start, and every device has to answer. If that is meant, there is nothing to do.',
      );
    case 'warn':
    case 'off':
      return problem(
        copy,
        'Declare the restore before the service starts: muster restore declare. MUSTER_NOTICE_COPY keeps the service from doing it by itself.',
      );
    default:
      return noticeCopy satisfies never;
  }
}

function connections(
  { allowed, inUse }: DatabaseCheckup['connections'],
  { databasePool, processes }: Pick<Config, 'databasePool' | 'processes'>,
): Finding[] {
  // Each process that devices talk to has a pool of its own, beside that of the first one.
  const wanted = databasePool * (processes === 1 ? 1 : processes + 1) + connectionsBesidePool;
  if (allowed - inUse >= wanted) return [];
  return [
    warning(
      `the server allows ${allowed} connections, ${inUse} are in use, and this instance may want ${wanted}`,
      'Raise max_connections, or lower MUSTER_DATABASE_POOL or MUSTER_PROCESSES.',
    ),
  ];
}

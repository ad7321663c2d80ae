import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';

/** Longest wait for sessions that were ended to be gone. */
const endedWithinMs = 10_000;
const endedPollMs = 50;

/** Facts about a server that decide if it takes a restore. */
export type ServerFacts = {
  /** Version, such as `15.18`. */
  readonly version: string;
  readonly user: string;
  readonly superuser: boolean;
  readonly mayCreateDatabases: boolean;
  /** Directory of its data, where the user may know it. */
  readonly dataDirectory: string | undefined;
};

export type DatabaseFacts = {
  readonly oid: string;
  readonly owner: string;
  readonly allowsConnections: boolean;
  readonly bytes: number;
};

/** A PostgreSQL server for one who makes, renames, fences and drops its databases. */
export class DatabaseServer {
  private readonly url: string;
  private readonly client: postgres.Sql;

  /** @param url of the server, with the database that the administrator connects to; `postgres` if the URL names none */
  constructor(url: string) {
    const own = new URL(url);
    if (own.pathname === '' || own.pathname === '/') own.pathname = '/postgres';
    this.url = own.toString();
    this.client = postgres(this.url, {
      max: 1,
      onnotice: () => undefined,
      connect_timeout: 5,
      connection: { application_name: 'muster restore', statement_timeout: 0 },
    });
  }

  /**
   * Address of a database on this server.
   *
   * @param role that statements there are made as, so that what they make is owned by it
   */
  urlOf(database: string, role?: string): string {
    const url = new URL(this.url);
    url.pathname = `/${database}`;
    if (role !== undefined) url.searchParams.set('options', `-c role=${role}`);
    // A connection string takes %20 for a blank, and + for itself.
    return url.toString().replaceAll('+', '%20');
  }

  async facts(): Promise<ServerFacts> {
    const [row] = await this.client<
      { version: string; user: string; superuser: boolean; creates: boolean; directory: string | null }[]
    >`
      SELECT split_part(current_setting('server_version'), ' ', 1) AS version, rolname AS user, rolsuper AS superuser,
        rolsuper OR rolcreatedb AS creates,
        CASE WHEN rolsuper OR pg_has_role('pg_read_all_settings', 'MEMBER') THEN current_setting('data_directory') END AS directory
      FROM pg_roles WHERE rolname = current_user`;
    if (row === undefined) throw new Error('the server does not say who is connected');
    return {
      version: row.version,
      user: row.user,
      superuser: row.superuser,
      mayCreateDatabases: row.creates,
      dataDirectory: row.directory ?? undefined,
    };
  }

  async hasRole(name: string): Promise<boolean> {
    const rows = await this.client`SELECT FROM pg_roles WHERE rolname = ${name}`;
    return rows.length > 0;
  }

  /** Tells if the user may act as a role. */
  async mayActAs(role: string): Promise<boolean> {
    const [row] = await this.client<{ may: boolean }[]>`SELECT pg_has_role(${role}, 'MEMBER') AS may`;
    return row?.may ?? false;
  }

  async find(name: string): Promise<DatabaseFacts | undefined> {
    const [row] = await this.client<{ oid: string; owner: string; allows: boolean; bytes: string }[]>`
      SELECT oid::text AS oid, pg_get_userbyid(datdba) AS owner, datallowconn AS allows, pg_database_size(oid) AS bytes
      FROM pg_database WHERE datname = ${name}`;
    if (row === undefined) return undefined;
    return { oid: row.oid, owner: row.owner, allowsConnections: row.allows, bytes: Number(row.bytes) };
  }

  /** Names of all databases. */
  async names(): Promise<string[]> {
    const rows = await this.client<{ name: string }[]>`SELECT datname AS name FROM pg_database ORDER BY datname`;
    return rows.map(({ name }) => name);
  }

  /** Describes the sessions in a database, for people. */
  async sessions(name: string): Promise<string[]> {
    const rows = await this.client<{ text: string }[]>`
      SELECT concat('process ', pid, ' of ', coalesce(usename, backend_type),
        ', program ', coalesce(nullif(application_name, ''), 'without a name'), ', from ', coalesce(host(client_addr), 'this machine'),
        ', since ', to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) AS text
      FROM pg_stat_activity
      WHERE datname = ${name} AND pid <> pg_backend_pid() AND backend_type = 'client backend' ORDER BY pid`;
    return rows.map(({ text }) => text);
  }

  /** Lets nobody connect to a database, or everybody who may. */
  async allowConnections(name: string, allowed: boolean): Promise<void> {
    // The statement takes no parameter: the word is one of two.
    await this.client`ALTER DATABASE ${this.client(name)} ALLOW_CONNECTIONS ${this.client.unsafe(String(allowed))}`;
  }

  /** Ends all sessions in a database. @returns those that are still there after a while, described for people */
  async endSessions(name: string): Promise<string[]> {
    const until = performance.now() + endedWithinMs;
    for (;;) {
      await this.client`
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ${name} AND pid <> pg_backend_pid()
          AND backend_type = 'client backend'`;
      const left = await this.sessions(name);
      if (left.length === 0 || performance.now() > until) return left;
      await sleep(endedPollMs);
    }
  }

  async create(name: string, owner: string): Promise<void> {
    await this.client`CREATE DATABASE ${this.client(name)} OWNER ${this.client(owner)} TEMPLATE template0 ENCODING 'UTF8'`;
  }

  /** Drops a database, whoever is connected; nothing if there is none. */
  async drop(name: string): Promise<void> {
    await this.client`DROP DATABASE IF EXISTS ${this.client(name)} WITH (FORCE)`;
  }

  async rename(from: string, to: string): Promise<void> {
    await this.client`ALTER DATABASE ${this.client(from)} RENAME TO ${this.client(to)}`;
  }

  /** Gives one database the name of another, and that one a third, in one transaction: no moment has both or neither. */
  async swap(fresh: string, live: string, aside: string): Promise<void> {
    await this.client.begin(async (tx) => {
      await tx`ALTER DATABASE ${tx(live)} RENAME TO ${tx(aside)}`;
      await tx`ALTER DATABASE ${tx(fresh)} RENAME TO ${tx(live)}`;
    });
  }

  async close(): Promise<void> {
    await this.client.end({ timeout: 5 });
  }
}

import { execFile } from 'node:child_process';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { startEmbeddedPostgres } from '../../src/db/server/embedded-postgres.ts';
import { migrateDatabase } from '../../src/db/server/migrate.ts';
import { findPostgresPrograms, type PostgresPrograms } from '../../src/db/server/postgres-programs.ts';
import { installAudit } from './audit.ts';

const run = promisify(execFile);

/** The migrated, empty database with the audit in it that every run starts from. */
const template = 'rig_template';
const attempts = 20;

/** A PostgreSQL server of its own, which can be crashed. */
export class PostgresCluster {
  readonly port: number;
  private readonly url: string;
  private readonly directory: string;
  private readonly programs: PostgresPrograms;
  private readonly stopServer: () => Promise<void>;

  private constructor(
    parts: { url: string; directory: string; stop: () => Promise<void> },
    programs: PostgresPrograms,
  ) {
    this.url = parts.url;
    this.port = Number(new URL(parts.url).port);
    this.directory = parts.directory;
    this.programs = programs;
    this.stopServer = parts.stop;
  }

  static async start(scratch: string, { fsync }: { fsync: boolean }): Promise<PostgresCluster> {
    const server = await startEmbeddedPostgres(scratch, {
      settings: {
        fsync: fsync ? 'on' : 'off',
        max_connections: '300',
        // The checker orders what happened by the order of commits.
        track_commit_timestamp: 'on',
        deadlock_timeout: '100ms',
      },
    });
    const cluster = new PostgresCluster(
      { url: server.url, directory: join(scratch, 'postgres'), stop: () => server.stop() },
      await findPostgresPrograms(),
    );
    await cluster.admin((sql) => sql.unsafe(`CREATE DATABASE ${template}`));
    await migrateDatabase(cluster.urlOf(template));
    await cluster.on(template, (sql) => installAudit(sql));
    return cluster;
  }

  urlOf(database: string, port = this.port): string {
    const url = new URL(this.url);
    url.pathname = `/${database}`;
    url.port = String(port);
    return url.toString();
  }

  /** Runs work on a connection of its own to a database. Tries again while the server is down or starting. */
  async on<Result>(database: string, work: (sql: postgres.Sql) => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      const sql = postgres(this.urlOf(database), {
        max: 1,
        onnotice: () => undefined,
        connect_timeout: 5,
        idle_timeout: 30,
      });
      try {
        return await work(sql);
      } catch (error) {
        if (attempt >= attempts || !isConnectionProblem(error)) throw error;
        await new Promise((done) => setTimeout(done, 250));
      } finally {
        await sql.end({ timeout: 2 });
      }
    }
  }

  async admin<Result>(work: (sql: postgres.Sql) => Promise<Result>): Promise<Result> {
    return await this.on('postgres', work);
  }

  async createFromTemplate(database: string): Promise<void> {
    await this.copy(template, database);
  }

  /** Copies a database that nobody is connected to. */
  async copy(from: string, to: string): Promise<void> {
    await this.admin((sql) => sql.unsafe(`CREATE DATABASE ${to} TEMPLATE ${from}`));
  }

  async drop(databases: readonly string[]): Promise<void> {
    for (const database of databases)
      await this.admin((sql) => sql.unsafe(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`));
  }

  /** Ends the server as a crash would. It is started again by itself: what was committed is recovered, nothing else. */
  async crash(): Promise<void> {
    const { pgCtl, as } = this.programs;
    await run(pgCtl, ['stop', '-D', this.directory, '-m', 'immediate', '-w', '-t', '60'], as);
    await this.admin((sql) => sql`SELECT 1`);
  }

  /** The user that the server runs as. */
  get owner(): { uid: number; gid: number } {
    const { uid, gid } = userInfo();
    return { uid: this.programs.as.uid ?? uid, gid: this.programs.as.gid ?? gid };
  }

  /** Process ids of the server processes that serve connections to a database. */
  async backends(database: string): Promise<number[]> {
    const rows = await this.admin(
      (sql) => sql<Array<{ pid: number }>>`SELECT pid FROM pg_stat_activity WHERE datname = ${database}`,
    );
    return rows.map((row) => row.pid);
  }

  async stop(): Promise<void> {
    await this.stopServer();
  }
}

/** True if a retry makes sense: the server is down, starting, or ended this connection. */
export function isConnectionProblem(error: unknown): boolean {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^(57P|08|CONNECT|CONNECTION|ECONN|EPIPE|ETIMEDOUT)/.test(code);
}

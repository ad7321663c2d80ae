import type postgres from 'postgres';
import { dumpDatabase, type DatabaseDump } from './audit.ts';
import { now, type History } from './history.ts';
import { isConnectionProblem, type PostgresCluster } from './postgres-cluster.ts';

/** A backup: a database that nothing connects to. */
export type Backup = { readonly database: string; readonly takenAt: number };

/**
 * The database of the service, always under the same name, and the copies it was replaced by. A restore puts a copy of
 * a backup in its place; the one that was there is kept under another name, for the checker.
 */
export class Incarnations {
  readonly live: string;
  readonly lost: string[] = [];
  readonly backups: Backup[] = [];
  private readonly cluster: PostgresCluster;
  private readonly history: History;
  private made = 0;

  constructor(cluster: PostgresCluster, history: History, live: string) {
    this.cluster = cluster;
    this.history = history;
    this.live = live;
  }

  /** Puts a copy of a database there to begin with. */
  async createFrom(database: string): Promise<void> {
    await this.cluster.drop([this.live]);
    await this.cluster.copy(database, this.live);
  }

  async onLive<Result>(work: (sql: postgres.Sql) => Promise<Result>): Promise<Result> {
    return await this.cluster.on(this.live, work);
  }

  /** Takes a backup. Everybody is disconnected for a moment. */
  async backup(): Promise<Backup> {
    const backup = { database: `${this.live}_backup${(this.made += 1)}`, takenAt: now() };
    await this.alone(async (sql) => {
      await sql.unsafe(`DROP DATABASE IF EXISTS ${backup.database}`);
      await sql.unsafe(`CREATE DATABASE ${backup.database} TEMPLATE ${this.live}`);
      await sql.unsafe(`ALTER DATABASE ${backup.database} ALLOW_CONNECTIONS true`);
    });
    this.backups.push(backup);
    return backup;
  }

  /** Puts a copy of a backup in the place of the database. */
  async restore(backup: Backup): Promise<void> {
    const lost = `${this.live}_lost${(this.made += 1)}`;
    const began = now();
    await this.alone(async (sql) => {
      const there = await sql`SELECT 1 FROM pg_database WHERE datname = ${lost}`;
      if (there.length === 0) await sql.unsafe(`ALTER DATABASE ${this.live} RENAME TO ${lost}`);
      await sql.unsafe(`DROP DATABASE IF EXISTS ${this.live}`);
      await sql.unsafe(`CREATE DATABASE ${this.live} TEMPLATE ${backup.database}`);
      await sql.unsafe(`ALTER DATABASE ${lost} ALLOW_CONNECTIONS true`);
    });
    this.lost.push(lost);
    this.history.add({ kind: 'swap', at: now(), began, lost, backup: backup.database });
  }

  /** Does work on the server while nobody is connected to the database. */
  private async alone(work: (sql: postgres.Sql) => Promise<void>): Promise<void> {
    await this.cluster.admin(async (sql) => {
      const allow = (yes: boolean) => sql.unsafe(`ALTER DATABASE ${this.live} ALLOW_CONNECTIONS ${String(yes)}`);
      await allow(false).catch((error: unknown) => {
        // A crash between two tries of the same work: it has been renamed already.
        if (isConnectionProblem(error)) throw error;
      });
      try {
        for (let left = 1; left > 0;) {
          const rows = await sql`
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ${this.live}`;
          left = rows.length;
          if (left > 0) await new Promise((done) => setTimeout(done, 20));
        }
        await work(sql);
      } finally {
        await allow(true);
      }
    });
  }

  /** The facts that the checker needs of each incarnation: the lost ones, and the one that is left. */
  async dump(): Promise<DatabaseDump[]> {
    const dumps: DatabaseDump[] = [];
    for (const database of [...this.lost, this.live])
      dumps.push(await this.cluster.on(database, (sql) => dumpDatabase(sql, database)));
    return dumps;
  }

  async drop(): Promise<void> {
    await this.cluster.drop([this.live, ...this.lost, ...this.backups.map((backup) => backup.database)]);
  }
}

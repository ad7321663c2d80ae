import { readConfig } from '../config.ts';
import { copyDatabase, replaceDatabase } from '../db/database-copies.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../db/embedded-postgres.ts';
import { startService, type RunningService } from '../main.ts';

/** The data is thrown away in the end, so nobody need wait for the disk. */
const postgresSettings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
const backup = 'muster_backup';

/** The service of the demo and the private PostgreSQL under it, which outlives it: backups are put in its place. */
export class DemoService {
  /** Name of the database that holds the backup. */
  readonly backup = backup;
  private readonly postgres: EmbeddedPostgres;
  private running: RunningService | undefined;
  private addresses: { api: string; agent: string } | undefined;

  private constructor(postgres: EmbeddedPostgres) {
    this.postgres = postgres;
  }

  /** Starts both on free ports. */
  static async start(dataDir: string): Promise<DemoService> {
    const service = new DemoService(await startEmbeddedPostgres(dataDir, { settings: postgresSettings }));
    try {
      await service.start();
      return service;
    } catch (error) {
      await service.dispose();
      throw error;
    }
  }

  /** Base URL of the admin API. The same however often the service starts again. */
  get api(): string {
    return this.known().api;
  }

  /** Base URL that devices talk to. The same however often the service starts again. */
  get agent(): string {
    return this.known().agent;
  }

  /** Starts the service after it was stopped. */
  async start(): Promise<void> {
    const { api = anyPort, agent = anyPort } = this.addresses ?? {};
    const config = readConfig({
      DATABASE_URL: this.postgres.url,
      MUSTER_API_LISTEN: new URL(api).host,
      MUSTER_AGENT_LISTEN: new URL(agent).host,
      MUSTER_LOG_LEVEL: 'error',
      MUSTER_SWEEP_INTERVAL: '1s',
    });
    this.running = await startService(config);
    this.addresses = { api: this.running.api, agent: this.running.agent };
  }

  async stop(): Promise<void> {
    const { running } = this;
    this.running = undefined;
    await running?.stop();
  }

  /** Makes the backup. The service must be stopped. */
  async backUp(): Promise<void> {
    await copyDatabase(this.postgres.url, backup);
  }

  /** Puts the backup in the place of the database. The service must be stopped. */
  async restore(): Promise<void> {
    await replaceDatabase(this.postgres.url, backup);
  }

  /** Ends the service and its PostgreSQL. */
  async dispose(): Promise<void> {
    await this.stop();
    await this.postgres.stop();
  }

  private known(): { api: string; agent: string } {
    if (this.addresses === undefined) throw new Error('the service has not started yet');
    return this.addresses;
  }
}

const anyPort = 'http://127.0.0.1:0';

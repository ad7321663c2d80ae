import { fork, type ChildProcess } from 'node:child_process';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyDatabase, replaceDatabase } from '../db/server/database-copies.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../db/server/embedded-postgres.ts';
import { orderAnswerSchema, type Order, type OrderAnswer } from './service-orders.ts';

/** Settings that skip waiting for the disk, because the data is deleted in the end. */
const postgresSettings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
const backup = 'muster_backup';
const anyPort = 'http://127.0.0.1:0';

/** The service of the demo and the private PostgreSQL under it, which outlives it: backups are put in its place. */
export class DemoService {
  /** Name of the database that holds the backup. */
  readonly backup = backup;
  private readonly postgres: EmbeddedPostgres;
  /** Directory of the journal: it is not lost with the database. */
  private readonly journal: string;
  private readonly process: ChildProcess;
  private addresses: { api: string; agent: string } | undefined;

  private constructor(postgres: EmbeddedPostgres, journal: string) {
    this.postgres = postgres;
    this.journal = journal;
    // Beside this file, and of the same kind: TypeScript in development, JavaScript once built.
    const entry = new URL(`service-process${extname(import.meta.url)}`, import.meta.url);
    // Its output goes to standard error: standard output is for the result of the demo.
    this.process = fork(fileURLToPath(entry), { stdio: ['ignore', 2, 2, 'ipc'] });
  }

  /** Starts both on free ports. */
  static async start(dataDir: string): Promise<DemoService> {
    const service = new DemoService(
      await startEmbeddedPostgres(dataDir, { settings: postgresSettings }),
      join(dataDir, 'journal'),
    );
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
    const environment = {
      MUSTER_JOURNAL: this.journal,
      DATABASE_URL: this.postgres.url,
      MUSTER_API_LISTEN: new URL(api).host,
      MUSTER_AGENT_LISTEN: new URL(agent).host,
      MUSTER_LOG_LEVEL: 'error',
      MUSTER_SWEEP_INTERVAL: '1s',
    };
    const answer = await this.order({ kind: 'start', environment });
    if (answer.kind === 'started') this.addresses = { api: answer.api, agent: answer.agent };
  }

  async stop(): Promise<void> {
    await this.order({ kind: 'stop' });
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
    // Anything that blocks an orderly stop ends with its process.
    await this.stop().catch(() => undefined);
    if (this.process.connected) this.process.disconnect();
    await this.postgres.stop();
  }

  /** @throws Error with what went wrong, or that the process is gone */
  private async order(order: Order): Promise<OrderAnswer> {
    const answer = await new Promise<OrderAnswer>((resolve, reject) => {
      const onExit = () => reject(new Error(`the process of the service ended when it was to ${order.kind}`));
      this.process.once('exit', onExit);
      this.process.once('message', (message) => {
        this.process.off('exit', onExit);
        resolve(orderAnswerSchema.parse(message));
      });
      this.process.send(order, (error) => {
        if (error !== null) reject(error);
      });
    });
    if (answer.kind === 'failed') throw new Error(`the service did not ${order.kind}: ${answer.message}`);
    return answer;
  }

  private known(): { api: string; agent: string } {
    if (this.addresses === undefined) throw new Error('the service has not started yet');
    return this.addresses;
  }
}

import type { Database, Executor } from '../../src/db/client.ts';

/** The process dies right before a commit, or right after one whose answer it never gets. */
export type Fault = 'before commit' | 'after commit';

/** The error of a process that died. */
class Died extends Error {
  override readonly name = 'Died';
}

/** A database whose next transaction can be made to fail as if the process had died. */
export class FaultyDatabase implements Database {
  private next: Fault | undefined;
  private readonly real: Database;

  constructor(real: Database) {
    this.real = real;
  }

  /** Runs `work`, whose first transaction meets the fault. @returns undefined if it died of it */
  async during<Result>(fault: Fault | undefined, work: () => Promise<Result>): Promise<Result | undefined> {
    this.next = fault;
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Died)) throw error;
      return undefined;
    } finally {
      this.next = undefined;
    }
  }

  async transact<Result>(work: (tx: Executor) => Promise<Result>): Promise<Result> {
    const fault = this.next;
    this.next = undefined;
    const result = await this.real.transact(async (tx) => {
      const done = await work(tx);
      if (fault === 'before commit') throw new Died('before commit');
      return done;
    });
    if (fault === 'after commit') throw new Died('after commit');
    return result;
  }

  get guard() {
    return this.real.guard;
  }
  get pool() {
    return this.real.pool;
  }
  read: Database['read'] = (statement) => this.real.read(statement);
  ping = () => this.real.ping();
  close = () => this.real.close();
}

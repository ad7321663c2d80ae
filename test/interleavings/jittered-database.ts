import type { Database, Executor } from '../../src/db/client.ts';

/** Wait before the next statement, in ms. */
type Jitter = () => number;

const pause = async (ms: number): Promise<void> =>
  ms < 0.3 ? new Promise((done) => setImmediate(done)) : new Promise((done) => setTimeout(done, ms));

/**
 * A database on which every read, every statement of a transaction, its beginning and its commit come a random while late, so that
 * the statements of transactions that run at once mix in ever new ways. Within one transaction they keep their order.
 */
export class JitteredDatabase implements Database {
  private readonly real: Database;
  private readonly jitter: Jitter;

  constructor(real: Database, jitter: Jitter) {
    this.real = real;
    this.jitter = jitter;
  }

  async transact<Result>(work: (tx: Executor) => Promise<Result>): Promise<Result> {
    await pause(this.jitter());
    return await this.real.transact(async (tx) => {
      const result = await work(this.slowed(tx));
      await pause(this.jitter());
      return result;
    });
  }

  private slowed(tx: Executor): Executor {
    let last = Promise.resolve();
    const turn = async (): Promise<void> => {
      last = last.then(() => pause(this.jitter()));
      await last;
    };
    return slowedQuery(tx, turn);
  }

  get guard() {
    return this.real.guard;
  }
  get pool() {
    return this.real.pool;
  }
  read: Database['read'] = async (statement) => {
    await pause(this.jitter());
    const result = await this.real.read(statement);
    await pause(this.jitter());
    return result;
  };
  ping = () => this.real.ping();
  close = () => this.real.close();
}

/** A query builder, or a query, whose statement is sent when its turn has come. */
function slowedQuery<Query extends object>(query: Query, turn: () => Promise<void>): Query {
  return new Proxy(query, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      if (key === 'then') {
        return async (onDone: (result: unknown) => unknown, onFail: (error: unknown) => unknown) => {
          const sent = turn().then(() => target);
          return await sent.then(onDone, onFail);
        };
      }
      return (...given: unknown[]) => {
        const result: unknown = Reflect.apply(value, target, given);
        return typeof result === 'object' && result !== null ? slowedQuery(result, turn) : result;
      };
    },
  });
}

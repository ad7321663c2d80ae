import type postgres from 'postgres';

/** A lost connection makes for a new pool, but no sooner after the last one than this: the server may be away for long. */
const renewAfterMs = 250;
/** Time after which a replaced pool has nothing in flight: longer than any statement may take. */
const giveUpAfterMs = 65_000;

/** Called by a pool when one of its connections is closed. */
type OnClose = () => void;

/**
 * A client that makes a new pool of connections after it has lost one. The driver would use the same one again, in a
 * state that may never connect (what it was about to write stays in its buffer, so nothing new is written) or that
 * fails the next query with the error of the last (porsager/postgres issues 1154 and 1208).
 */
export class RenewedClient<Connections extends object> {
  /** Stands for {@link connections} as they are whenever it is used. */
  readonly always: Connections;
  private newest: { readonly client: postgres.Sql; readonly connections: Connections; readonly sinceMs: number };
  private lost = false;
  private readonly givenUp = new Map<postgres.Sql, NodeJS.Timeout>();
  private readonly open: (onclose: OnClose) => postgres.Sql;
  private readonly over: (client: postgres.Sql) => Connections;

  constructor(open: (onclose: OnClose) => postgres.Sql, over: (client: postgres.Sql) => Connections) {
    this.open = open;
    this.over = over;
    this.newest = this.make();
    this.always = new Proxy(this.newest.connections, {
      get: (_first, property) => {
        const { connections } = this;
        const value: unknown = Reflect.get(connections, property);
        return typeof value === 'function' ? value.bind(connections) : value;
      },
    });
  }

  /** Connections to run the next query or transaction on. */
  get connections(): Connections {
    if (this.lost && performance.now() - this.newest.sinceMs >= renewAfterMs) {
      this.giveUp(this.newest.client);
      this.newest = this.make();
    }
    return this.newest.connections;
  }

  async close(): Promise<void> {
    const givenUp = [...this.givenUp.keys()];
    for (const timer of this.givenUp.values()) clearTimeout(timer);
    this.givenUp.clear();
    await Promise.all([this.newest.client.end({ timeout: 5 }), ...givenUp.map((client) => client.end({ timeout: 1 }))]);
  }

  private make() {
    this.lost = false;
    const client: postgres.Sql = this.open(() => {
      if (this.newest.client === client) this.lost = true;
    });
    return { client, connections: this.over(client), sinceMs: performance.now() };
  }

  /** Replaces a pool. Work in flight on its other connections goes on. */
  private giveUp(client: postgres.Sql): void {
    const timer = setTimeout(() => {
      this.givenUp.delete(client);
      void client.end({ timeout: 1 });
    }, giveUpAfterMs);
    this.givenUp.set(client, timer.unref());
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import type postgres from 'postgres';
import { answerWithin } from '../../time/time-limit.ts';
import { ReadOnlyDatabase } from '../failures.ts';

/** A lost connection makes for a new pool, but no sooner after the last one than this: the server may be away for long. */
const renewAfterMs = 250;
/** Time after which a replaced pool has nothing in flight: longer than any statement may take. */
const giveUpAfterMs = 65_000;

/** Time that a server has to say if it takes writes. */
const probeTimeoutMs = 5_000;

/** Told by a pool of its connections. */
export type PoolEvents = {
  /** One is closed. */
  readonly onClosed: () => void;
  /** The server of one says that it takes no writes. */
  readonly onReadOnly: () => void;
};

/**
 * A client that makes a new pool of connections after it has lost one. The driver would use the same one again, in a
 * state that may never connect (what it was about to write stays in its buffer, so nothing new is written) or that
 * fails the next query with the error of the last (porsager/postgres issues 1154 and 1208).
 *
 * Nothing runs on a server that takes no writes: what it says may be old. From when one says so, each use fails, and
 * makes a new pool be tried until one finds a server that does; the address may lead to another one by then.
 */
export class RenewedClient<Connections extends object> {
  /** Stands for {@link connections} as they are whenever it is used. */
  readonly always: Connections;
  private newest: { readonly client: postgres.Sql; readonly connections: Connections; readonly sinceMs: number };
  private lost = false;
  private readOnly = false;
  private closing = false;
  private probing: Promise<void> | undefined;
  private readonly givenUp = new Map<postgres.Sql, NodeJS.Timeout>();
  private readonly open: (events: PoolEvents) => postgres.Sql;
  private readonly over: (client: postgres.Sql) => Connections;

  constructor(open: (events: PoolEvents) => postgres.Sql, over: (client: postgres.Sql) => Connections) {
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

  /** Connections to run the next query or transaction on. @throws ReadOnlyDatabase while the server takes no writes */
  get connections(): Connections {
    if (this.readOnly) {
      this.probing ??= this.probe().finally(() => {
        this.probing = undefined;
      });
      throw new ReadOnlyDatabase();
    }
    if (this.lost && performance.now() - this.newest.sinceMs >= renewAfterMs) {
      this.giveUp(this.newest.client);
      this.newest = this.make();
    }
    return this.newest.connections;
  }

  /** Is told of a write that the server refused because it takes none. */
  refusedWrite(): void {
    this.readOnly = true;
  }

  async close(): Promise<void> {
    this.closing = true;
    await this.probing;
    const givenUp = [...this.givenUp.keys()];
    for (const timer of this.givenUp.values()) clearTimeout(timer);
    this.givenUp.clear();
    await Promise.all([this.newest.client.end({ timeout: 5 }), ...givenUp.map((client) => client.end({ timeout: 1 }))]);
  }

  private make() {
    this.lost = false;
    const client: postgres.Sql = this.open({
      onClosed: () => {
        if (this.newest.client === client) this.lost = true;
      },
      onReadOnly: () => {
        if (this.newest.client === client) this.readOnly = true;
      },
    });
    return { client, connections: this.over(client), sinceMs: performance.now() };
  }

  /** Takes the place of a pool whose server takes no writes, if a new one finds a server that does. One probe at a time, with a pause. */
  private async probe(): Promise<void> {
    const made = this.make();
    const found = await answerWithin(probeTimeoutMs, takesWrites(made.client)).catch(() => false);
    if (found && !this.closing) {
      this.giveUp(this.newest.client);
      this.newest = made;
      this.readOnly = false;
      return;
    }
    await made.client.end({ timeout: 1 }).catch(() => undefined);
    if (!this.closing) await sleep(renewAfterMs, undefined, { ref: false });
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

async function takesWrites(client: postgres.Sql): Promise<boolean> {
  const [row] = await client.unsafe<Array<{ transaction_read_only: string }>>('SHOW transaction_read_only');
  return row?.transaction_read_only === 'off';
}

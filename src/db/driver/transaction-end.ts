import { setImmediate as turn } from 'node:timers/promises';
import type postgres from 'postgres';

/** Work of a transaction. */
export type TransactionWork = (transaction: postgres.TransactionSql) => Promise<unknown>;

/** The same client, but each of its transactions is begun by `begin`. */
export function withBegin(
  client: postgres.Sql,
  begin: (client: postgres.Sql, work: TransactionWork) => Promise<unknown>,
): postgres.Sql {
  return new Proxy(client, {
    get: (target, property, receiver) =>
      property === 'begin' ? (work: TransactionWork) => begin(target, work) : Reflect.get(target, property, receiver),
  });
}

/**
 * The same client, but a transaction ends only when none of its statements is under way any more, and takes none after
 * that. Where several parts of its work run side by side and one of them fails, another may still be about to send; the
 * driver would run that statement after ROLLBACK, by itself, and what it writes would stay.
 */
export function endingLast(client: postgres.Sql): postgres.Sql {
  return withBegin(client, begin);
}

async function begin(client: postgres.Sql, work: TransactionWork): Promise<unknown> {
  return await client.begin(async (transaction) => {
    const underWay = new Set<Promise<unknown>>();
    let ended = false;
    const tracked = new Proxy(transaction, {
      get(target, property, receiver) {
        if (property !== 'unsafe') return Reflect.get(target, property, receiver);
        return (...statement: Parameters<typeof target.unsafe>) => {
          if (ended) throw new Error('a statement was sent after the end of its transaction');
          const answer = target.unsafe(...statement);
          underWay.add(answer);
          const forget = () => underWay.delete(answer);
          answer.then(forget, forget);
          return answer;
        };
      },
    });
    try {
      return await work(tracked);
    } finally {
      // What an answer leads to is sent in the same turn.
      for (; underWay.size > 0; await turn()) await Promise.allSettled(underWay);
      ended = true;
    }
  });
}

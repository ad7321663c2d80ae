import { setImmediate as turn } from 'node:timers/promises';
import type postgres from 'postgres';
import { postgresErrorIn } from '../failures.ts';

/** SQLSTATE of a statement that was refused because another one of its transaction had failed. */
const transactionAborted = '25P02';

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
 *
 * And it fails with what failed first: of parts that run side by side, one may be told sooner that the transaction is
 * aborted than another is told why.
 */
export function endingLast(client: postgres.Sql): postgres.Sql {
  return withBegin(client, begin);
}

async function begin(client: postgres.Sql, work: TransactionWork): Promise<unknown> {
  return await client.begin(async (transaction) => {
    const underWay = new Set<Promise<unknown>>();
    let ended = false;
    let first: { readonly error: unknown } | undefined;
    const tracked = new Proxy(transaction, {
      get(target, property, receiver) {
        if (property !== 'unsafe') return Reflect.get(target, property, receiver);
        return (...statement: Parameters<typeof target.unsafe>) => {
          if (ended) throw new Error('a statement was sent after the end of its transaction');
          const answer = target.unsafe(...statement);
          underWay.add(answer);
          answer.then(
            () => underWay.delete(answer),
            (error: unknown) => {
              first ??= { error };
              underWay.delete(answer);
            },
          );
          return answer;
        };
      },
    });
    try {
      return await work(tracked);
    } catch (error) {
      throw first !== undefined && postgresErrorIn(error)?.code === transactionAborted ? first.error : error;
    } finally {
      // What an answer leads to is sent in the same turn.
      for (; underWay.size > 0; await turn()) await Promise.allSettled(underWay);
      ended = true;
    }
  });
}

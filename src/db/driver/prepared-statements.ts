import { sql } from 'drizzle-orm';
import type postgres from 'postgres';

const mark = '/* prepared */ ';
const marked = `select ${mark}`;

/**
 * Put first in a statement of the hot paths, or in the first column of a select. It is parsed and planned once on each
 * connection, and then sent with its values in one message; any other is described anew each time, which costs it
 * another round trip.
 */
export const prepared = sql.raw(mark);

/** The same client, but statements that begin with {@link prepared} are prepared. Drizzle itself has none prepared. */
export function preparingMarked(client: postgres.Sql): postgres.Sql {
  return new Proxy(client, {
    get(target, property, receiver) {
      if (property === 'unsafe') return unsafe(target);
      if (property === 'begin') {
        return (work: (transaction: postgres.TransactionSql) => Promise<unknown>) =>
          target.begin((transaction) => work(withUnsafe(transaction)));
      }
      return Reflect.get(target, property, receiver);
    },
  });
}

function withUnsafe(transaction: postgres.TransactionSql): postgres.TransactionSql {
  return new Proxy(transaction, {
    get: (target, property, receiver) =>
      property === 'unsafe' ? unsafe(target) : Reflect.get(target, property, receiver),
  });
}

type Unsafe = postgres.Sql['unsafe'];

function unsafe(client: { readonly unsafe: Unsafe }): Unsafe {
  return (query, parameters, options) =>
    client.unsafe(query, parameters, { ...options, prepare: query.startsWith(mark) || query.startsWith(marked) });
}

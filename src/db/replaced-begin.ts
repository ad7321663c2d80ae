import type postgres from 'postgres';

/** What a transaction runs. */
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

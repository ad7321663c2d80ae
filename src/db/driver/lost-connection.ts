import type postgres from 'postgres';
import { withBegin, type TransactionWork } from './transaction-end.ts';
import { hasCode, postgresErrorIn } from '../failures.ts';

/**
 * Tells if an error means that the connection is gone, and the transaction that it carried with it. For others, such as a
 * full disk, the connection goes on.
 */
function isConnectionLost(error: unknown): boolean {
  const severity = postgresErrorIn(error)?.severity;
  if (severity !== undefined) return severity === 'FATAL' || severity === 'PANIC';
  return hasCode(error, /^(CONNECTION_|E[A-Z]+$)/);
}

/**
 * The same client, but for transactions whose connection is lost. The driver would send ROLLBACK on a connection that is
 * gone, and its write to the missing socket ends the process or leaves a connection in the pool that never connects
 * again (porsager/postgres issues 1154 and 1208). So nothing is sent any more: the work is left where it is, and the
 * transaction fails at once. PostgreSQL has rolled it back by itself.
 */
export function survivingLostConnections(client: postgres.Sql): postgres.Sql {
  return withBegin(client, begin);
}

async function begin(client: postgres.Sql, work: TransactionWork): Promise<unknown> {
  return await new Promise((resolve, reject) => {
    let lost: { readonly error: unknown } | undefined;
    const fail = (error: unknown) => {
      lost ??= { error };
      reject(error);
    };
    const refusing = (transaction: postgres.TransactionSql) =>
      new Proxy(transaction, {
        get(target, property, receiver) {
          if (lost !== undefined) throw lost.error;
          return Reflect.get(target, property, receiver);
        },
      });
    const carriedOut = client.begin(async (transaction) => {
      try {
        const result = await work(refusing(transaction));
        if (lost === undefined) return result;
      } catch (error) {
        // The connection may have been lost while the work did something else, and failed for a reason of its own.
        if (lost === undefined && !isConnectionLost(error)) throw error;
        fail(error);
      }
      return await new Promise<never>(() => undefined);
    });
    carriedOut.then(resolve, fail);
  });
}

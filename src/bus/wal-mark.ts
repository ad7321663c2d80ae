import { Redis } from 'ioredis';
import type { Log } from '../log.ts';

/**
 * The highest write-ahead-log position that any instance saw, kept outside the database: a volume snapshot that is put
 * back changes nothing in the database that could tell, but its log is behind this mark.
 */
export type WalMark = {
  /** The mark of a log, named by cluster and WAL timeline; undefined if none is known or Redis does not answer. */
  read(log: string): Promise<bigint | undefined>;
  /** Sets the mark. What Redis does not take is lost: the mark is a hint. */
  write(log: string, position: bigint): Promise<void>;
  close(): Promise<void>;
};

const key = (log: string) => `{muster}:wal-mark:${log}`;

export function createRedisWalMark(url: string, logger: Log): WalMark {
  const connection = new Redis(url, { maxRetriesPerRequest: 1, enableOfflineQueue: false, commandTimeout: 2_000 });
  connection.on('error', (error: Error) => logger.debug({ error: error.message }, 'redis wal mark connection'));
  return {
    async read(log) {
      const text = await connection.get(key(log)).catch(() => null);
      return text !== null && /^\d{1,20}$/.test(text) ? BigInt(text) : undefined;
    },
    async write(log, position) {
      await connection.set(key(log), String(position)).catch(() => null);
    },
    close: async () => connection.disconnect(),
  };
}

/** Where there is no Redis there is no mark, and no rewind is noticed by it. */
export const noWalMark: WalMark = {
  read: async () => undefined,
  write: async () => undefined,
  close: async () => undefined,
};

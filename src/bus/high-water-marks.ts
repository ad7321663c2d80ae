import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Log } from '../logging/log.ts';

/** A mark as it is kept. */
export type KeptMark = {
  readonly value: bigint;
  /** Time at which it was last raised or replaced, by the clock of the store, in milliseconds. */
  readonly at: number;
};

/** `none` where nothing was ever kept; `no answer` where that is not known now. */
type MarkAnswer = KeptMark | 'none' | 'no answer';

/**
 * The highest numbers that any instance saw of the database, kept outside of it: rows or files that are put back bring older
 * numbers with them, and these marks stay. A hint, as all that Redis holds: without it less is noticed, and nothing is wrong.
 */
export type HighWaterMarks = {
  /** Waits until the store can be asked. @returns false if it cannot be within the time */
  ready(timeoutMs: number): Promise<boolean>;
  read(name: string): Promise<MarkAnswer>;
  /** Sets a mark if it is higher than the one that is kept, in one step. */
  raise(name: string, value: bigint): Promise<void>;
  /** Sets a mark whatever is kept, after a declared restore. @returns false if the store did not take it */
  replace(name: string, value: bigint): Promise<boolean>;
  close(): Promise<void>;
};

const key = (name: string) => `{muster}:high-water-mark:${name}`;

/** Value and time are set together, so that no reader takes one for the other's. Numbers are compared as text of one length: Lua's own lose digits. */
const setIfHigher = `
  local kept = redis.call('HGET', KEYS[1], 'value')
  if ARGV[2] == 'raise' and kept and #kept == #ARGV[1] and kept >= ARGV[1] then return 0 end
  local now = redis.call('TIME')
  redis.call('HSET', KEYS[1], 'value', ARGV[1], 'at', now[1] * 1000 + math.floor(now[2] / 1000))
  return 1`;
const valueLength = 20;
const connectPollMs = 20;

export function createRedisMarks(url: string, logger: Log): HighWaterMarks {
  const connection = new Redis(url, { maxRetriesPerRequest: 1, enableOfflineQueue: false, commandTimeout: 2_000 });
  connection.on('error', (error: Error) => logger.debug({ error: error.message }, 'redis connection of the marks'));
  const set = async (name: string, value: bigint, how: 'raise' | 'replace') => {
    const text = String(value).padStart(valueLength, '0');
    return await connection.eval(setIfHigher, 1, key(name), text, how).then(
      () => true,
      () => false,
    );
  };
  return {
    async ready(timeoutMs) {
      const until = performance.now() + timeoutMs;
      while (connection.status !== 'ready' && performance.now() < until) await sleep(connectPollMs);
      return connection.status === 'ready';
    },
    async read(name) {
      const kept = await connection.hmget(key(name), 'value', 'at').catch(() => undefined);
      if (kept === undefined) return 'no answer';
      const [value = null, at = null] = kept;
      // What is there and is no mark says as little as nothing.
      if (value === null || !/^\d{1,20}$/.test(value)) return 'none';
      return { value: BigInt(value), at: Number(at) };
    },
    async raise(name, value) {
      await set(name, value, 'raise');
    },
    replace: (name, value) => set(name, value, 'replace'),
    close: async () => connection.disconnect(),
  };
}

/** Marks of one process, where there is no Redis: they notice what is put back while it runs, and are gone with it. */
export function createLocalMarks(): HighWaterMarks {
  const kept = new Map<string, KeptMark>();
  const set = (name: string, value: bigint) => void kept.set(name, { value, at: Date.now() });
  return {
    ready: async () => true,
    read: async (name) => kept.get(name) ?? 'none',
    async raise(name, value) {
      if (value > (kept.get(name)?.value ?? -1n)) set(name, value);
    },
    async replace(name, value) {
      set(name, value);
      return true;
    },
    close: async () => undefined,
  };
}

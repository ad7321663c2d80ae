import type { Database } from '../db/client.ts';
import { isReadOnly } from '../db/failures.ts';
import type { QueueState } from '../queue/render-queue.ts';
import { within } from '../time/time-limit.ts';

/** Time after which a database without an answer counts as down: a probe does not wait longer either. */
const timeoutMs = 2_000;

export type Health = {
  /** State of the database: one that takes no writes serves nobody. */
  readonly database: 'ok' | 'down' | 'read-only';
  /** Time that the database took to answer; undefined unless it is `ok`. */
  readonly databaseSeconds: number | undefined;
  readonly queue: QueueState;
};

/** Looks whether what this process stands on answers. Never throws. */
export async function lookAtHealth({
  database,
  queue,
}: {
  database: Pick<Database, 'ping'>;
  queue: { state(): Promise<QueueState> };
}): Promise<Health> {
  const [looked, state] = await Promise.all([within(timeoutMs, lookAtDatabase(database)), queue.state()]);
  return { database: 'down', databaseSeconds: undefined, ...looked, queue: state };
}

async function lookAtDatabase(database: Pick<Database, 'ping'>): Promise<Omit<Health, 'queue'>> {
  const started = performance.now();
  try {
    await database.ping();
    return { database: 'ok', databaseSeconds: (performance.now() - started) / 1_000 };
  } catch (error) {
    return { database: isReadOnly(error) ? 'read-only' : 'down', databaseSeconds: undefined };
  }
}

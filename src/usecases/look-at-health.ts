import type { Database } from '../db/client.ts';
import type { QueueState } from '../queue/render-queue.ts';
import { within } from '../time/time-limit.ts';

/** Time after which a database without an answer counts as down: a probe does not wait longer either. */
const patienceMs = 2_000;

export type Health = {
  /** Time that the database took to answer; undefined if it did not. */
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
  const [databaseSeconds, state] = await Promise.all([within(patienceMs, pingSeconds(database)), queue.state()]);
  return { databaseSeconds, queue: state };
}

async function pingSeconds(database: Pick<Database, 'ping'>): Promise<number> {
  const started = performance.now();
  await database.ping();
  return (performance.now() - started) / 1_000;
}

import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { inject } from 'vitest';

export type TestDatabase = {
  readonly url: string;
  readonly name: string;
  /** A copy of it as it is now, under a new name: a backup. Nothing may be connected to it meanwhile. */
  copy(): Promise<TestDatabase>;
  drop(): Promise<void>;
};

/** A migrated, empty database of its own, for one test file or one test. */
export async function createTestDatabase(template = 'muster_template'): Promise<TestDatabase> {
  const server = inject('postgresUrl');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(server, (client) => client`CREATE DATABASE ${client(name)} TEMPLATE ${client(template)}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.toString(),
    name,
    copy: () => createTestDatabase(name),
    drop: () => onServer(server, (client) => client`DROP DATABASE IF EXISTS ${client(name)} WITH (FORCE)`),
  };
}

async function onServer(url: string, work: (client: postgres.Sql) => Promise<unknown>): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** The Redis of this test run. Throws, and so fails the test, where there is none: never skipped in silence. */
export function requireRedis(): string {
  const redis = inject('redis');
  if ('missing' in redis) throw new Error(redis.missing);
  return redis.url;
}

import type { Config } from '../config/config.ts';
import { startEmbeddedPostgres } from '../db/server/embedded-postgres.ts';

/** Works on the database of the service: the one that is configured, else the private one, which runs as long as that takes. */
export async function withDatabaseUrl<Result>(
  { databaseUrl, dataDir }: Pick<Config, 'databaseUrl' | 'dataDir'>,
  work: (url: string) => Promise<Result>,
): Promise<Result> {
  if (databaseUrl !== undefined) return await work(databaseUrl);
  const server = await startEmbeddedPostgres(dataDir);
  try {
    return await work(server.url);
  } finally {
    await server.stop();
  }
}

import { startEmbeddedPostgres } from '../../src/db/server/embedded-postgres.ts';

// A process that has a private PostgreSQL and does nothing else, for tests that end it as a crash would.

const [, , dataDir = ''] = process.argv;
const server = await startEmbeddedPostgres(dataDir);
process.stdout.write(`ready ${server.url}\n`);
process.once('SIGTERM', () => void server.stop().then(() => process.exit(0)));
setInterval(() => undefined, 60_000);

import postgres from 'postgres';

/**
 * Copies a database on its own server, which makes a backup of it. Nothing may be connected to it.
 *
 * @param url of the database
 */
export async function copyDatabase(url: string, copy: string): Promise<void> {
  const original = databaseName(url);
  await onServerOf(url, async (client) => {
    await client`CREATE DATABASE ${client(copy)} TEMPLATE ${client(original)}`;
  });
}

/**
 * Drops a database and puts one made from a copy in its place; the copy stays. Nothing may be connected to either.
 *
 * @param url of the database
 */
export async function replaceDatabase(url: string, copy: string): Promise<void> {
  const original = databaseName(url);
  await onServerOf(url, async (client) => {
    await client`DROP DATABASE ${client(original)}`;
    await client`CREATE DATABASE ${client(original)} TEMPLATE ${client(copy)}`;
  });
}

function databaseName(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1));
}

async function onServerOf(url: string, work: (client: postgres.Sql) => Promise<void>): Promise<void> {
  const server = new URL(url);
  server.pathname = '/postgres';
  const client = postgres(server.toString(), { max: 1, onnotice: () => undefined });
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

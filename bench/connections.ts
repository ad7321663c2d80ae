import { Client } from 'undici';
import type { Measured } from './measured.ts';

/** Opens a number of connections, each for one request at a time: a pool would search all of them for each request. */
export class Connections {
  private readonly clients: readonly Client[];
  private readonly idle: Client[];
  private readonly asking: ((client: Client) => void)[] = [];
  private given = 0;

  private constructor(clients: readonly Client[]) {
    this.clients = clients;
    this.idle = [...clients];
  }

  /** Opens them, shared out among the origins: what that takes is not measured. */
  static async open(origins: readonly string[], count: number): Promise<Connections> {
    const clients = Array.from({ length: count }, (_, index) => {
      return new Client(origins[index % origins.length] ?? '', { pipelining: 1 });
    });
    for (let from = 0; from < count; from += openedAtOnce) {
      await Promise.all(clients.slice(from, from + openedAtOnce).map(greet));
    }
    return new Connections(clients);
  }

  get count(): number {
    return this.clients.length;
  }

  /**
   * Gets a path as soon as a connection is free, in the order in which it is asked for, and measures how long the answer takes.
   *
   * @returns its status and, of a 503, after how many seconds to come back
   */
  async get(path: string, measured: Measured): Promise<{ status: number; retryAfter: number }> {
    const askedAt = performance.now();
    const client = this.idle.pop() ?? (await new Promise<Client>((resolve) => this.asking.push(resolve)));
    const { statusCode: status, headers, body } = await client.request({ method: 'GET', path });
    await body.dump();
    measured.note(String(status), askedAt);
    const next = this.asking[this.given];
    if (next === undefined) this.idle.push(client);
    else {
      this.given += 1;
      next(client);
    }
    return { status, retryAfter: Number(headers['retry-after'] ?? 1) };
  }

  async close(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close()));
  }
}

const openedAtOnce = 256;

async function greet(client: Client): Promise<void> {
  const { body } = await client.request({ method: 'GET', path: '/empty/connection' });
  await body.dump();
}

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Spreads TCP connections over the instances of a service, as a Kubernetes service does: one that refuses is passed over. */
export class LoadBalancer {
  readonly port: number;
  /** Ports on loopback; may change at any time, and connections that stand stay where they are. */
  targets: readonly number[];
  private turn = 0;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  private constructor(server: Server, targets: readonly number[]) {
    this.server = server;
    this.targets = targets;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (client) => this.connect(client, this.targets.length));
  }

  static async start(targets: readonly number[]): Promise<LoadBalancer> {
    const server = createServer({ pauseOnConnect: true, noDelay: true }).listen(0, '127.0.0.1', 4_096);
    await once(server, 'listening');
    return new LoadBalancer(server, targets);
  }

  private connect(client: Socket, attempts: number): void {
    const target = this.targets[(this.turn += 1) % this.targets.length];
    if (target === undefined || attempts === 0) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect({ port: target, host: '127.0.0.1', noDelay: true });
    const refused = () => this.connect(client, attempts - 1);
    upstream.once('error', refused);
    upstream.once('connect', () => {
      upstream.off('error', refused);
      this.join(client, upstream);
    });
  }

  private join(client: Socket, upstream: Socket): void {
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.resetAndDestroy());
      from.on('close', () => {
        this.sockets.delete(from);
        to.end();
      });
    }
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }
}

import { connect, createServer, type Server, type Socket } from 'node:net';

type Direction = 'toServer' | 'toClient';

type Chunk = { readonly due: number; readonly bytes: Buffer };

/** A connection may hold back so much before it is cut: what is delayed here is small. */
const maxHeldBytes = 64 * 1024 * 1024;

/** A TCP proxy on loopback that can be slow, lose what goes one way, and reset connections. */
export class TcpProxy {
  readonly port: number;
  /** The target of new connections. */
  targetPort: number;
  /** Delay of each byte, in milliseconds. */
  delayMs = 0;
  private readonly server: Server;
  private readonly links = new Set<Link>();
  private readonly stalled = new Set<Direction>();
  private repliesToCut = 0;

  private constructor(server: Server, port: number, targetPort: number) {
    this.server = server;
    this.port = port;
    this.targetPort = targetPort;
  }

  static async start(targetPort: number): Promise<TcpProxy> {
    const server = createServer({ noDelay: true });
    await new Promise<void>((done, fail) => {
      server.once('error', fail).listen(0, '127.0.0.1', done);
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
    const proxy = new TcpProxy(server, address.port, targetPort);
    server.on('connection', (client) => {
      const link = new Link(proxy, client, connect({ port: proxy.targetPort, host: '127.0.0.1', noDelay: true }));
      proxy.links.add(link);
      link.onClosed = () => proxy.links.delete(link);
    });
    return proxy;
  }

  isStalled(direction: Direction): boolean {
    return this.stalled.has(direction);
  }

  /** Takes one cut reply from those that were asked for. */
  takeCut(): boolean {
    if (this.repliesToCut === 0) return false;
    this.repliesToCut -= 1;
    return true;
  }

  /** The next so many replies do not arrive: their connections are reset instead, after the request went through. */
  cutReplies(count: number): void {
    this.repliesToCut = count;
  }

  /** @returns how many of the replies that were to be cut have been */
  stopCutting(asked: number): number {
    const cut = asked - this.repliesToCut;
    this.repliesToCut = 0;
    return cut;
  }

  /** Nothing arrives in one direction from now on, while the other goes on. */
  stall(direction: Direction): void {
    this.stalled.add(direction);
  }

  /** Lets everything flow again. Connections that lost something are reset, as after a partition that lasted too long. */
  heal(): void {
    const lost = this.stalled.size > 0;
    this.stalled.clear();
    this.delayMs = 0;
    this.repliesToCut = 0;
    if (lost) this.reset();
  }

  /** Resets all connections. @returns how many there were */
  reset(): number {
    const count = this.links.size;
    for (const link of this.links) link.reset();
    return count;
  }

  async close(): Promise<void> {
    this.reset();
    await new Promise((done) => this.server.close(done));
  }
}

/** One connection through the proxy. */
class Link {
  onClosed: () => void = () => undefined;
  private readonly proxy: TcpProxy;
  private readonly sockets: Readonly<Record<Direction, Socket>>;
  private readonly held: Readonly<Record<Direction, Chunk[]>> = { toServer: [], toClient: [] };
  private heldBytes = 0;
  private awaitsReply = false;

  constructor(proxy: TcpProxy, client: Socket, server: Socket) {
    this.proxy = proxy;
    this.sockets = { toServer: server, toClient: client };
    this.carry(client, 'toServer');
    this.carry(server, 'toClient');
  }

  private carry(from: Socket, direction: Direction): void {
    const { proxy } = this;
    from.on('data', (bytes: Buffer) => {
      if (direction === 'toServer') this.awaitsReply = true;
      else if (this.awaitsReply && proxy.takeCut()) {
        this.reset();
        return;
      }
      this.heldBytes += bytes.length;
      if (this.heldBytes > maxHeldBytes) this.reset();
      this.held[direction].push({ due: performance.now() + proxy.delayMs, bytes });
      this.pump(direction);
    });
    from.on('error', () => this.reset());
    from.on('close', () => {
      this.flush(direction);
      this.sockets[direction].end();
      this.onClosed();
    });
  }

  private pump(direction: Direction): void {
    const queue = this.held[direction];
    for (let chunk = queue[0]; chunk !== undefined; chunk = queue[0]) {
      const wait = chunk.due - performance.now();
      if (this.proxy.isStalled(direction)) return;
      if (wait > 0) {
        setTimeout(() => this.pump(direction), Math.ceil(wait)).unref();
        return;
      }
      queue.shift();
      this.write(direction, chunk);
    }
  }

  private flush(direction: Direction): void {
    if (this.proxy.isStalled(direction)) return;
    for (const chunk of this.held[direction].splice(0)) this.write(direction, chunk);
  }

  private write(direction: Direction, chunk: Chunk): void {
    this.heldBytes -= chunk.bytes.length;
    if (direction === 'toClient') this.awaitsReply = false;
    const socket = this.sockets[direction];
    if (socket.writable) socket.write(chunk.bytes);
  }

  reset(): void {
    for (const socket of Object.values(this.sockets)) {
      socket.on('error', () => undefined);
      socket.resetAndDestroy();
    }
    this.onClosed();
  }
}

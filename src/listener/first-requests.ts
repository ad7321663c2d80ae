import type { FastifyInstance } from 'fastify';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/**
 * Lets a connection be silent before its first request for as long as between two requests: a device that is slow after its
 * handshake does not have to make another. From the first byte of a request on, its headers have the time that they always have.
 */
export class FirstRequests {
  private readonly furtherMs: number;
  /** Bytes that were read when the handshake ended. */
  private readonly readInHandshake = new WeakMap<Socket, number>();
  private readonly awaited = new Set<Socket>();

  /** @param furtherMs time that a silent connection has beside that for the headers */
  constructor(furtherMs: number) {
    this.furtherMs = furtherMs;
  }

  watch(app: Pick<FastifyInstance, 'server' | 'addHook'>): void {
    app.server.on('secureConnection', (socket: TLSSocket) => this.readInHandshake.set(socket, socket.bytesRead));
    app.addHook('onRequest', (request, _reply, done) => {
      if (this.awaited.size > 0) this.awaited.delete(request.raw.socket);
      done();
    });
  }

  /** Gives a connection whose time for headers is over more of it, if it has sent nothing. @returns false if it has */
  awaits(socket: Socket): boolean {
    const before = socket instanceof TLSSocket ? this.readInHandshake.get(socket) : 0;
    if (socket.bytesRead !== before || this.awaited.has(socket)) return false;
    this.awaited.add(socket);
    const timer = setTimeout(() => {
      // Whatever has come meanwhile, it was no request.
      if (this.awaited.delete(socket)) socket.destroy();
    }, this.furtherMs).unref();
    socket.once('close', () => {
      clearTimeout(timer);
      this.awaited.delete(socket);
    });
    return true;
  }
}

import type { FastifyReply, FastifyRequest } from 'fastify';

/** Comments keep proxies from taking a quiet stream for a dead one. */
const commentEveryMs = 15_000;
/** Bytes that may wait to be sent to a client that does not read. */
const maxUnsentBytes = 1024 * 1024;

/** A stream of server-sent events: one `data:` message a document. Ends when the client leaves or this is told to. */
export class EventStream {
  readonly closed: Promise<void>;
  private readonly reply: FastifyReply;
  private readonly comments: NodeJS.Timeout;
  private isOpen = true;
  private resolveClosed: () => void = () => undefined;

  constructor(request: FastifyRequest, reply: FastifyReply) {
    this.reply = reply;
    reply.hijack();
    reply.raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      // Nothing else is asked on it, and it must not keep a stopping service waiting.
      connection: 'close',
    });
    this.comments = setInterval(() => this.write(': still here\n\n'), commentEveryMs);
    this.closed = new Promise((resolve) => {
      this.resolveClosed = resolve;
    });
    request.raw.socket.once('close', () => this.close());
    if (request.raw.socket.destroyed) this.close();
  }

  private write(text: string): void {
    if (!this.isOpen) return;
    if (this.reply.raw.writableLength > maxUnsentBytes) this.reply.raw.destroy();
    else this.reply.raw.write(text);
  }

  private close(): void {
    this.isOpen = false;
    clearInterval(this.comments);
    this.resolveClosed();
  }

  send(event: string, document: unknown): void {
    this.write(`event: ${event}\ndata: ${JSON.stringify(document)}\n\n`);
  }

  end(): void {
    if (!this.isOpen) return;
    this.close();
    this.reply.raw.end();
  }
}

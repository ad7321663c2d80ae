import type { FastifyReply, FastifyRequest } from 'fastify';

/** Comments keep proxies from taking a quiet stream for a dead one. */
const commentEveryMs = 15_000;

/** A stream of server-sent events: one `data:` message a document. Ends when the client leaves. */
export class EventStream {
  readonly closed: Promise<void>;
  private readonly reply: FastifyReply;
  private readonly comments: NodeJS.Timeout;
  private isOpen = true;

  constructor(request: FastifyRequest, reply: FastifyReply) {
    this.reply = reply;
    reply.hijack();
    reply.raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      connection: 'keep-alive',
    });
    this.comments = setInterval(() => reply.raw.write(': still here\n\n'), commentEveryMs);
    this.closed = new Promise((resolve) => {
      request.raw.socket.once('close', () => {
        this.isOpen = false;
        clearInterval(this.comments);
        resolve();
      });
    });
  }

  get open(): boolean {
    return this.isOpen;
  }

  send(event: string, document: unknown): void {
    if (this.isOpen) this.reply.raw.write(`event: ${event}\ndata: ${JSON.stringify(document)}\n\n`);
  }

  end(): void {
    this.isOpen = false;
    clearInterval(this.comments);
    this.reply.raw.end();
  }
}

import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { Listener } from '../http/listener.ts';

/** How often it is looked whether there is room again. */
const lookEveryMs = 5;
/** How long a connection is left unread at the most: devices are to be told when to come back, not left in the dark. */
const longestWaitMs = 2_000;

/** The queue that requests wait in. */
export type PacedQueue = {
  readonly waitingCount: number;
  /** How many may wait before newcomers are turned away. */
  readonly newcomerLimit: number;
};

/**
 * Reads no further from connections while the queue of reports is full: what a device sends waits with the system, at no
 * cost, and the processor is left to serving. To turn a request away costs a good part of what serving it does; at several
 * times what can be served nothing else would be done. Whoever was kept waiting longest is read first, and as long as
 * anybody is, those who come or were answered line up behind. Nobody is kept waiting for long: past a time a connection is
 * read although there is no room, and its request turned away with the time to come back.
 */
export function paceReading(
  app: Listener,
  queue: PacedQueue,
  { headersTimeoutMs }: { headersTimeoutMs: number },
): void {
  const { server } = app;
  /** In the order in which they lined up; since when. */
  const held = new Map<Socket, number>();
  const mostHeldMs = Math.min(longestWaitMs, headersTimeoutMs / 2);
  const watched = new WeakSet<Socket>();
  let timer: NodeJS.Timeout | undefined;

  const hold = (socket: Socket) => {
    if (socket.destroyed || held.has(socket)) return;
    held.set(socket, performance.now());
    socket.pause();
    if (!watched.has(socket)) socket.once('close', () => held.delete(socket));
    watched.add(socket);
    timer ??= setInterval(readAgain, lookEveryMs);
  };
  const readAgain = () => {
    let room = queue.waitingCount < queue.newcomerLimit / 2 ? queue.newcomerLimit - queue.waitingCount : 0;
    const before = performance.now() - mostHeldMs;
    for (const [socket, sinceMs] of held) {
      if (room <= 0 && sinceMs > before) break;
      held.delete(socket);
      socket.resume();
      room -= 1;
    }
    if (held.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
  // Node's own work on a connection that is new, or has just been answered, ends with this turn, and would read on.
  const holdIfFull = (socket: Socket) => {
    if (held.size > 0 || queue.waitingCount >= queue.newcomerLimit) setImmediate(hold, socket);
  };

  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', holdIfFull);
  app.addHook('onResponse', (request, _reply, done) => {
    holdIfFull(request.raw.socket);
    done();
  });
}

import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { Listener } from '../http/listener.ts';

/** How often it is looked whether there is room again. */
const lookEveryMs = 5;

/** The queue that requests wait in. */
export type PacedQueue = {
  readonly waitingCount: number;
  /** How many may wait before newcomers are turned away. */
  readonly comfortable: number;
};

/**
 * Reads no further from connections while the queue of reports is full: what a device sends waits with the system, at no
 * cost, and the processor is left to serving. To turn a request away costs a good part of what serving it does; at several
 * times what can be served nothing else would be done. Whoever was kept waiting longest is read first, and as long as
 * anybody is, those who come or were answered line up behind. A connection that was open already, and silent, has one request
 * turned away before it does.
 */
export function paceReading(app: Listener, queue: PacedQueue): void {
  const { server } = app;
  const held = new Set<Socket>();
  let timer: NodeJS.Timeout | undefined;

  const hold = (socket: Socket) => {
    if (socket.destroyed || held.has(socket)) return;
    held.add(socket);
    socket.pause();
    socket.once('close', () => held.delete(socket));
    timer ??= setInterval(readAgain, lookEveryMs);
  };
  const readAgain = () => {
    if (queue.waitingCount < queue.comfortable / 2) {
      let room = queue.comfortable - queue.waitingCount;
      for (const socket of held) {
        if (room <= 0) break;
        held.delete(socket);
        socket.resume();
        room -= 1;
      }
    }
    if (held.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
  // Node's own work on a connection that is new, or has just been answered, ends with this turn, and would read on.
  const holdIfFull = (socket: Socket) => {
    if (held.size > 0 || queue.waitingCount >= queue.comfortable) setImmediate(hold, socket);
  };

  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
    holdIfFull(socket);
  });
  app.addHook('onResponse', (request, _reply, done) => {
    holdIfFull(request.raw.socket);
    done();
  });
  app.addHook('preClose', async () => {
    clearInterval(timer);
    for (const socket of held) socket.resume();
    held.clear();
  });
}

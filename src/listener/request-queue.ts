import type { FastifyInstance } from 'fastify';
import type { Socket } from 'node:net';

/** Most requests started per turn of the event loop: about ten milliseconds of work. */
const perTurn = 128;
/** Most requests queued. */
const maxLine = 10_000;
/** Interval of the checks for capacity. */
const lookEveryMs = 5;

type Arrived = { readonly socket: Socket; readonly begin: () => void; readonly atMs: number };

/**
 * Requests line up, and are begun a few at a time, in the order in which they came. The event loop reads up to 48 times 1,024
 * connections before it does what was put off (libuv's `uv__io_poll`), such as what is to be sent to the database: answered
 * while it reads, thousands of clients that send again at once would keep it from anything else for seconds.
 *
 * While there is no room for them they wait in line too, at almost no cost. To turn one away costs a good part of what
 * serving it does; at several times what can be served nothing else would be done. Past a time, or with too many behind it,
 * it is begun all the same, and told when to come back.
 *
 * A client that sends one request after another without waiting for answers has one of them in line: Node bounds what such
 * a client may have under way by the answers that it does not read, and those in line have none yet.
 *
 * @param room number of requests that there is room for now
 * @param maxWaitMs longest wait for capacity; after it the request is started, and answered with Retry-After
 */
export function beginInTurns(
  app: FastifyInstance,
  { room, maxWaitMs }: { room: () => number; maxWaitMs: number },
): void {
  let line: Arrived[] = [];
  const inLine = new WeakSet<Socket>();
  let isScheduled = false;

  const take = () => {
    const latest = performance.now() - maxWaitMs;
    let count = Math.max(0, room(), line.length - maxLine);
    while ((line[count]?.atMs ?? Infinity) <= latest) count += 1;
    count = Math.min(count, perTurn, line.length);
    const turn = line.slice(0, count);
    line = line.slice(count);
    for (const { socket, begin } of turn) {
      inLine.delete(socket);
      // A client that hung up is not waited for.
      if (!socket.destroyed) begin();
    }
    if (line.length === 0) isScheduled = false;
    else if (count === 0) setTimeout(take, lookEveryMs);
    else setImmediate(take);
  };

  app.addHook('onRequest', ({ raw: { socket } }, _reply, begin) => {
    if (inLine.has(socket)) {
      begin();
      return;
    }
    inLine.add(socket);
    line.push({ socket, begin, atMs: performance.now() });
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(take);
  });
}

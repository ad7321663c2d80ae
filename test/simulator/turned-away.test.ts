import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { fresh } from '../../src/simulator/starting-point.ts';
import { SimulatedFleet, type Transport } from '../../src/simulator/simulated-fleet.ts';

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** A server that does as it is told with every request. */
async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Server> {
  const server = createServer(answer);
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  closing.push(
    () =>
      new Promise((done) => {
        server.close(done);
        server.closeAllConnections();
      }),
  );
  return server;
}

function deviceOf(server: Server, transport: Transport): SimulatedFleet {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const fleet = new SimulatedFleet({
    agentServer: `http://127.0.0.1:${address.port}`,
    members: [{ name: 'd', transport, start: fresh }],
    reconnect: { firstMs: 5, capMs: 5 },
  });
  closing.push(() => fleet.stop());
  fleet.start();
  return fleet;
}

/** Everything that happened, in its order; a mark is set shortly before the device may come back. */
class Sequence {
  readonly events: string[] = [];

  turnAway(): void {
    this.events.push('turned away');
    if (this.events.length === 1) setTimeout(() => this.events.push('nearly a second'), 900);
  }

  async hasEnded(): Promise<void> {
    await until(() => this.events.length >= 3);
  }
}

/** Devices of these tests try again within milliseconds where nobody tells them to wait. */
const obeyed = ['turned away', 'nearly a second', 'turned away'];

const until = async (holds: () => boolean) => {
  while (!holds()) await sleep(10);
};

test('a device that polls comes back when Retry-After says, and not before', async () => {
  const sequence = new Sequence();
  const server = await serve((_request, response) => {
    sequence.turnAway();
    response.writeHead(503, { 'retry-after': '1' }).end();
  });
  const fleet = deviceOf(server, 'http');
  await sequence.hasEnded();
  expect(sequence.events.slice(0, 3)).toEqual(obeyed);
  expect(fleet.counters).toMatchObject({ errorCount: 0 });
  expect(fleet.counters.turnedAway).toBeGreaterThanOrEqual(1);
});

test('a WebSocket that is closed with 1013 is opened again after so many seconds, and not before', async () => {
  const sequence = new Sequence();
  const server = await serve((_request, response) => response.writeHead(404).end());
  new WebSocketServer({ server }).on('connection', (socket) => {
    sequence.turnAway();
    socket.close(1013, '1');
  });
  const fleet = deviceOf(server, 'ws');
  await sequence.hasEnded();
  expect(sequence.events.slice(0, 3)).toEqual(obeyed);
  expect(fleet.counters).toMatchObject({ errorCount: 0 });
  expect(fleet.counters.turnedAway).toBeGreaterThanOrEqual(1);
});

test('a WebSocket whose handshake is refused with 503 obeys its Retry-After', async () => {
  const sequence = new Sequence();
  const server = await serve((_request, response) => {
    sequence.turnAway();
    response.writeHead(503, { 'retry-after': '1' }).end();
  });
  server.on('upgrade', (_request, socket) => {
    socket.on('error', () => socket.destroy());
    sequence.turnAway();
    socket.end('HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n');
  });
  const fleet = deviceOf(server, 'ws');
  await sequence.hasEnded();
  expect(sequence.events.slice(0, 3)).toEqual(obeyed);
  expect(fleet.counters).toMatchObject({ errorCount: 0 });
  expect(fleet.counters.turnedAway).toBeGreaterThanOrEqual(1);
});

test('a WebSocket that a newer one of the same device replaced does not come back', async () => {
  let connections = 0;
  const server = await serve((_request, response) => response.writeHead(404).end());
  new WebSocketServer({ server }).on('connection', (socket) => {
    connections += 1;
    socket.close(4001, 'replaced');
  });
  deviceOf(server, 'ws');
  await until(() => connections === 1);
  await sleep(200);
  expect(connections).toBe(1);
});

test('an answer that is no JSON is counted, and the device tries again', async () => {
  let calls = 0;
  const server = await serve((_request, response) => {
    calls += 1;
    response.writeHead(200, { 'content-type': 'application/json' }).end('<html>');
  });
  const fleet = deviceOf(server, 'http');
  // An answer is counted a moment after it was sent.
  await until(() => fleet.counters.errorCount >= 2);
  expect(calls).toBeGreaterThanOrEqual(2);
});

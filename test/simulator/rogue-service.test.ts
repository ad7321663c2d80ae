import { createServer, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { annotationKeys } from '../../src/domain/devices/device-document.ts';
import { DeliveryWitness } from '../../src/simulator/delivery-witness.ts';
import { fresh } from '../../src/simulator/starting-point.ts';
import { SimulatedFleet, type Transport } from '../../src/simulator/simulated-fleet.ts';

// A service that sends specs through closed gates: what the witness must see over both transports.

const restore = '01890000-0000-7000-8000-000000000001';
const device = (version: number) => ({
  apiVersion: 'flightctl.io/v1beta1',
  kind: 'Device',
  metadata: {
    name: 'd',
    annotations: {
      [annotationKeys.renderedVersion]: String(version),
      [annotationKeys.timeline]: restore,
      [annotationKeys.restore]: restore,
    },
  },
  spec: { os: { image: 'quay.io/acme/os:1' } },
});

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function listening(server: Server): Promise<string> {
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
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `http://127.0.0.1:${address.port}`;
}

async function witnessOf(server: Server, transport: Transport): Promise<DeliveryWitness> {
  const observer = new DeliveryWitness();
  const fleet = new SimulatedFleet({
    agentServer: await listening(server),
    members: [{ name: 'd', transport, start: fresh }],
    reconnect: { firstMs: 5, capMs: 5 },
    observer,
  });
  closing.push(() => fleet.stop());
  fleet.start();
  while (observer.deliveries === 0) await sleep(5);
  return observer;
}

test.each(['ConflictPaused', 'AwaitingReconnect'] as const)(
  'a spec that a poll is answered with while the gate is %s is seen',
  async (gate) => {
    const server = createServer((request, response: ServerResponse) => {
      const headers = { 'muster-restore': restore, 'muster-gate': gate, 'muster-verdict': 'Ahead' };
      request.resume().on('end', () => response.writeHead(200, headers).end(JSON.stringify(device(1))));
    });
    const { violations } = await witnessOf(server, 'http');
    expect(violations[0]).toMatchObject({ device: 'd', kind: gate === 'ConflictPaused' ? 'paused' : 'awaited' });
  },
);

test('a spec that is pushed to a device before its report was answered is seen', async () => {
  const server = createServer();
  new WebSocketServer({ server }).on('connection', (socket) => {
    socket.on('message', () => socket.send(JSON.stringify({ type: 'rendered', device: device(1) })));
  });
  const { violations } = await witnessOf(server, 'ws');
  expect(violations[0]).toMatchObject({ device: 'd', kind: 'awaited' });
});

test('a spec that is pushed to a paused device is seen', async () => {
  const server = createServer();
  new WebSocketServer({ server }).on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      const { id } = JSON.parse(data.toString()) as { id: number };
      const paused = { type: 'verdict', id, verdict: 'Ahead', gate: 'ConflictPaused', info: '', restore };
      socket.send(JSON.stringify(paused));
      socket.send(JSON.stringify({ type: 'rendered', device: device(1) }));
    });
  });
  const { violations } = await witnessOf(server, 'ws');
  expect(violations[0]).toMatchObject({ device: 'd', kind: 'paused' });
});

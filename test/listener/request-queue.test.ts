import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createListener, type Listener } from '../../src/listener/listener.ts';
import { createLog } from '../../src/logging/log.ts';
import { until } from '../support/held-transactions.ts';

const clients = 1_000;
let app: Listener;
let begun: number[];

beforeEach(async () => {
  app = createListener(createLog('error'));
  begun = [];
  app.get('/:number', ({ params }) => {
    begun.push(Number(Object.values(params as object)[0]));
    return '';
  });
  await app.listen({ host: '127.0.0.1', port: 0, backlog: clients });
});

afterEach(async () => {
  await app.close();
});

test('of a thousand requests that are there at the same time a few are begun a turn', async () => {
  const sockets = Array.from({ length: clients }, () => connect(address().port, '127.0.0.1'));
  await until(async () => (await promisify(app.server.getConnections.bind(app.server))()) === clients);
  const answers = sockets.map((socket) => once(socket, 'data'));
  // All of them have arrived before any is read.
  for (const [number, socket] of sockets.entries()) socket.write(request(number));
  const perTurn: number[] = [];
  for (let before = 0; before < clients; before = begun.length) {
    await new Promise(setImmediate);
    perTurn.push(begun.length - before);
  }
  expect(Math.max(...perTurn)).toBeLessThanOrEqual(128);
  await Promise.all(answers);
  expect(begun.toSorted((a, b) => a - b)).toEqual(sockets.map((_, number) => number));
  for (const socket of sockets) socket.destroy();
});

test('a client that sends many requests without waiting for answers does not keep another from its turn', async () => {
  const flood = connect(address().port, '127.0.0.1');
  const other = connect(address().port, '127.0.0.1');
  await Promise.all([once(flood, 'connect'), once(other, 'connect')]);
  flood.resume().write(Array.from({ length: 100_000 }, (_, number) => request(number)).join(''));
  await until(() => begun.length > 2_000);
  const before = begun.length;
  other.write(request(0));
  await once(other, 'data');
  expect(begun.length - before).toBeLessThan(10_000);
  flood.destroy();
  other.destroy();
});

function request(number: number): string {
  return `GET /${number} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
}

function address(): AddressInfo {
  return app.server.address() as AddressInfo;
}

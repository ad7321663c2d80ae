import { Socket } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { expect, test } from 'vitest';
import { MusterError } from '../../src/domain/errors.ts';
import { networkOf, RefusalLimit } from '../../src/listener/refusal-limit.ts';

/** A request from an address, over a connection of its own if none is given. */
const from = (ip: string, socket = new Socket()) => ({ ip, raw: { socket } }) as FastifyRequest;

/** Refuses requests from an address at one moment until they are turned away unchecked. @returns their number */
function refusedAtOnce(limit: RefusalLimit, ip: string, nowMs: number): number {
  for (let count = 0; count < 1_000; count += 1) {
    try {
      limit.assertMayTry(from(ip), nowMs);
    } catch (error) {
      if (error instanceof MusterError && error.status === 429) return count;
      throw error;
    }
    limit.refused(from(ip), nowMs);
  }
  return Infinity;
}

test('an address is turned away after ten seconds’ worth of refusals, and others are not', () => {
  const limit = new RefusalLimit(5, []);
  expect(refusedAtOnce(limit, '192.0.2.1', 0)).toBe(51);
  expect(() => limit.assertMayTry(from('192.0.2.2'), 0)).not.toThrow();
});

test('it may try again as often as the rate allows', () => {
  const limit = new RefusalLimit(5, []);
  refusedAtOnce(limit, '192.0.2.1', 0);
  expect(refusedAtOnce(limit, '192.0.2.1', 1_000)).toBe(5);
  expect(refusedAtOnce(limit, '192.0.2.1', 60_000)).toBe(51);
});

test('a connection on which a credential was accepted goes on, until one is refused on it', () => {
  const limit = new RefusalLimit(1, []);
  const accepted = from('192.0.2.1');
  limit.accept(accepted);
  refusedAtOnce(limit, '192.0.2.1', 0);
  expect(() => limit.assertMayTry(accepted, 0)).not.toThrow();
  limit.refused(accepted, 0);
  expect(() => limit.assertMayTry(accepted, 0)).toThrow('too many credentials from this address were refused');
});

test('a trusted proxy is not limited, and its connections are nobody’s', () => {
  const limit = new RefusalLimit(1, ['10.0.0.0/8']);
  expect(refusedAtOnce(limit, '10.1.2.3', 0)).toBe(Infinity);
  const shared = new Socket();
  Object.defineProperty(shared, 'remoteAddress', { value: '10.1.2.3' });
  limit.accept(from('192.0.2.1', shared));
  refusedAtOnce(limit, '192.0.2.2', 0);
  expect(() => limit.assertMayTry(from('192.0.2.2', shared), 0)).toThrow('too many credentials');
});

test('0 is no limit', () => {
  expect(refusedAtOnce(new RefusalLimit(0, []), '192.0.2.1', 0)).toBe(Infinity);
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8:1:2::9', '2001:db8:1:2'],
  ['2001:db8::9', '2001:db8:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['::1', '0:0:0:0'],
])('the address %s counts as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

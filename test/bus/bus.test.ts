import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Bus, BusMessage } from '../../src/bus/bus.ts';
import { createLocalBus } from '../../src/bus/local-bus.ts';
import { createRedisBus } from '../../src/bus/redis-bus.ts';
import { createLog } from '../../src/logging/log.ts';
import { until } from '../support/held-transactions.ts';
import { RedisServer } from '../support/redis-server.ts';

const log = createLog('silent');
const news = (...devices: string[]): BusMessage => ({ type: 'device-news', devices });
const messages: readonly BusMessage[] = [
  news('a', 'b'),
  { type: 'restore-declared', restore: '0190aaaa-0000-7000-8000-000000000001' },
  { type: 'device-connected', device: 'a', connection: 'c-1' },
];

/** Messages that a bus delivers. */
function heardOn(bus: Bus): BusMessage[] {
  const heard: BusMessage[] = [];
  bus.subscribe((message) => heard.push(message));
  return heard;
}

const devicesIn = (heard: readonly BusMessage[]): string[] =>
  heard.flatMap((message) => (message.type === 'device-news' ? message.devices : []));

describe('the bus of one process', () => {
  test('tells all that listen, in order, and not before the caller has gone on', async () => {
    const bus = createLocalBus();
    const [one, other] = [heardOn(bus), heardOn(bus)];
    for (const message of messages) bus.publish(message);
    expect(one).toEqual([]);
    await until(() => other.length === messages.length);
    expect(one).toEqual(messages);
    expect(other).toEqual(messages);
    await bus.close();
  });

  test('tells nobody who has left, and nobody once it is closed', async () => {
    const bus = createLocalBus();
    const heard: BusMessage[] = [];
    const leave = bus.subscribe((message) => heard.push(message));
    const others = heardOn(bus);
    leave();
    bus.publish(news('a'));
    await until(() => others.length === 1);
    await bus.close();
    bus.publish(news('b'));
    await sleep(20);
    expect(heard).toEqual([]);
    expect(others).toEqual([news('a')]);
  });
});

describe('the bus of several processes', () => {
  let redis: RedisServer;
  const buses: Bus[] = [];

  beforeAll(async () => {
    redis = await RedisServer.start();
  });

  afterAll(async () => {
    await redis.remove();
  });

  afterEach(async () => {
    await Promise.all(buses.splice(0).map((bus) => bus.close()));
  });

  /** A bus that hears itself, so that nothing after this is lost. */
  async function connected(): Promise<Bus> {
    const bus = createRedisBus(redis.url, log);
    buses.push(bus);
    const heard: BusMessage[] = [];
    const leave = bus.subscribe((message) => heard.push(message));
    await until(async () => {
      bus.publish(news('hello'));
      await sleep(10);
      return heard.length > 0;
    });
    leave();
    return bus;
  }

  test('tells every process, the one that speaks included', async () => {
    const [one, other] = [await connected(), await connected()];
    const [here, there] = [heardOn(one), heardOn(other)];
    for (const message of messages) one.publish(message);
    await until(() => here.length >= messages.length && there.length >= messages.length);
    expect(here.slice(-3)).toEqual(messages);
    expect(there.slice(-3)).toEqual(messages);
  });

  test('tells every process in the same order, whoever speaks', async () => {
    const [one, other] = [await connected(), await connected()];
    const [here, there] = [heardOn(one), heardOn(other)];
    for (let n = 0; n < 50; n += 1) (n % 2 === 0 ? one : other).publish(news(`d-${n}`));
    await until(() => devicesIn(here).length >= 50 && devicesIn(there).length >= 50);
    expect(devicesIn(here)).toEqual(devicesIn(there));
  });

  test('parts news of a whole fleet into messages of a bearable size', async () => {
    const bus = await connected();
    const heard = heardOn(bus);
    const names = Array.from({ length: 2_500 }, (_, n) => `d-${n}`);
    bus.publish(news(...names));
    await until(() => devicesIn(heard).length >= names.length);
    expect(devicesIn(heard)).toEqual(names);
    expect(heard.map((message) => (message.type === 'device-news' ? message.devices.length : 0))).toEqual([
      1_000, 1_000, 500,
    ]);
  });

  test('passes over what is not its own, and goes on', async () => {
    const bus = await connected();
    const heard = heardOn(bus);
    const stranger = new Redis(redis.url);
    for (const text of ['', 'hello', '{}', '[]', '{"type":"device-news"}', '{"type":"restore-declared","restore":7}']) {
      await stranger.publish('{muster}:bus', text);
    }
    stranger.disconnect();
    bus.publish(news('a'));
    await until(() => heard.length > 0);
    expect(heard).toEqual([news('a')]);
  });

  test('loses messages while Redis is away, without a word, and tells again once it is back', async () => {
    const [one, other] = [await connected(), await connected()];
    const heard = heardOn(other);
    await redis.kill();
    for (let n = 0; n < 10; n += 1) one.publish(news('lost'));
    await redis.start();
    await until(async () => {
      one.publish(news('found'));
      await sleep(20);
      return heard.length > 0;
    });
    expect(devicesIn(heard)).not.toContain('lost');
  });
});

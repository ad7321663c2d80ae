import { Redis } from 'ioredis';
import { z } from 'zod';
import type { Log } from '../logging/log.ts';
import type { Bus, BusListener, BusMessage } from './bus.ts';

const channel = '{muster}:bus';
/** Most names in one message, so that a resume of a whole fleet is many small messages. */
const maxNamesPerMessage = 1_000;

const messageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('device-news'), devices: z.array(z.string()) }),
  z.object({ type: z.literal('restore-declared'), restore: z.string() }),
  z.object({ type: z.literal('device-connected'), device: z.string(), connection: z.string() }),
  z.object({ type: z.literal('device-contested'), device: z.string(), times: z.int().min(1), said: z.boolean() }),
]);

/** The bus over Redis publish/subscribe. What Redis loses, the sweep of each instance finds. */
export function createRedisBus(url: string, log: Log): Bus {
  const listeners = new Set<BusListener>();
  const publisher = new Redis(url, { maxRetriesPerRequest: 1, enableOfflineQueue: false, lazyConnect: false });
  const subscriber = new Redis(url, { maxRetriesPerRequest: null });
  for (const connection of [publisher, subscriber]) {
    connection.on('error', (error: Error) => log.debug({ error: error.message }, 'redis bus connection'));
  }
  subscriber
    .subscribe(channel)
    .catch((error: unknown) => log.warn({ error: String(error) }, 'redis bus cannot subscribe'));
  subscriber.on('message', (_channel: string, text: string) => {
    const message = parse(text);
    if (message === undefined) log.warn('redis bus: a message that is not ours was ignored');
    else for (const listener of listeners) listener(message);
  });
  const send = (message: BusMessage) => {
    publisher
      .publish(channel, JSON.stringify(message))
      .catch((error: unknown) => log.debug({ error: String(error) }, 'redis bus lost a message'));
  };
  return {
    publish(message) {
      if (message.type !== 'device-news') {
        send(message);
        return;
      }
      for (let start = 0; start < message.devices.length; start += maxNamesPerMessage) {
        send({ type: 'device-news', devices: message.devices.slice(start, start + maxNamesPerMessage) });
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      listeners.clear();
      publisher.disconnect();
      subscriber.disconnect();
    },
  };
}

function parse(text: string): BusMessage | undefined {
  try {
    return messageSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

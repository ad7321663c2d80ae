import { z } from 'zod';
import type { JsonObject } from '../../src/domain/json.ts';
import { storableObject } from '../../src/domain/resources/storable.ts';
import '../../src/domain/resources/websocket-frames.ts';
import { componentPath, withoutTwins } from '../../src/listener/openapi-components.ts';
import { version } from '../../src/version.ts';
import { subprotocol } from '../../src/agent/routes/connect.ts';
import { closeCodes } from '../../src/agent/socket-registry.ts';

const meaningOfCode: Record<keyof typeof closeCodes, string> = {
  goingAway: 'the service is shutting down: connect again',
  notAllowed: 'not allowed: a wrong device name or subprotocol, or a credential that no longer holds',
  tooBig: 'a frame was too big',
  tryAgainLater:
    'come back later; the reason text is the number of seconds. Too much is asked of the service, or living connections of the device take over from each other again and again',
  replaced: 'a newer connection of the same device replaced this one',
};

/** The WebSocket as an AsyncAPI document, its frames made from the schemas that read and write them. */
export function asyncapiDocument(): JsonObject {
  const codes = Object.entries(closeCodes).map(
    ([name, code]) => `- ${code}: ${meaningOfCode[name as keyof typeof closeCodes]}`,
  );
  return withoutTwins({
    asyncapi: '3.0.0',
    info: {
      title: 'Muster device connection',
      version,
      description: `Text frames of one JSON object each. A ping is sent every 30 s; two without an answer end the connection. A device without a credential of its own is refused with 401 or 403 before the upgrade.\n\nClose codes:\n\n${codes.join('\n')}`,
    },
    servers: { agent: { host: '127.0.0.1:7443', protocol: 'ws', description: 'The listener that devices talk to.' } },
    channels: {
      connection: {
        address: '/api/v1/devices/{name}/connect',
        description: `One WebSocket a device, subprotocol \`${subprotocol}\`.`,
        parameters: { name: { description: 'The name of the device.' } },
        messages: {
          fromDevice: {
            name: 'fromDevice',
            contentType: 'application/json',
            payload: { $ref: `${componentPath}DeviceFrameInput` },
          },
          fromMuster: {
            name: 'fromMuster',
            contentType: 'application/json',
            payload: { $ref: `${componentPath}MusterFrame` },
          },
        },
      },
    },
    operations: {
      receiveFromDevice: {
        action: 'receive',
        channel: { $ref: '#/channels/connection' },
        messages: [{ $ref: '#/channels/connection/messages/fromDevice' }],
      },
      sendToDevice: {
        action: 'send',
        channel: { $ref: '#/channels/connection' },
        messages: [{ $ref: '#/channels/connection/messages/fromMuster' }],
      },
    },
    components: { schemas: { ...componentsOf('input'), ...componentsOf('output') } },
  });
}

/** Every named schema as the service reads it (`input`) or writes it. */
function componentsOf(io: 'input' | 'output'): JsonObject {
  const suffix = io === 'input' ? 'Input' : '';
  const { schemas } = z.toJSONSchema(z.globalRegistry, {
    io,
    target: 'draft-7',
    unrepresentable: 'any',
    uri: (id) => `${componentPath}${id}${suffix}`,
  });
  const nameless = ([key]: [string, unknown]) => !['$schema', '$id', 'id'].includes(key);
  return storableObject(
    Object.fromEntries(
      Object.entries(schemas).map(([name, schema]) => [
        `${name}${suffix}`,
        Object.fromEntries(Object.entries(schema).filter(nameless)),
      ]),
    ),
  );
}

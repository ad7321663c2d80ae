import websocket from '@fastify/websocket';
import type { FastifyRequest } from 'fastify';
import type { DeviceAuthenticator } from '../../auth/device-authenticator.ts';
import { badRequest, type MusterError } from '../../domain/errors.ts';
import { resourceNameSchema } from '../../domain/resources/object-meta.ts';
import type { Listener } from '../../listener/listener.ts';
import { serveDeviceSocket } from '../device-socket.ts';
import { maxFrameBytes } from '../frames.ts';
import { recheckOf } from '../device-access.ts';
import type { Gateway } from '../gateway.ts';
import { closeCodes } from '../socket-registry.ts';

export const subprotocol = 'muster.v1';

const connectPath = '/api/v1/devices/:name/connect';

/** `GET /devices/{name}/connect`: the WebSocket. Must be registered before the routes that it shares a listener with. */
export async function connectRoute(
  app: Listener,
  gateway: Gateway,
  authenticator: DeviceAuthenticator | undefined,
): Promise<void> {
  await app.register(websocket, {
    // The connection itself has what to do on an error; the default would cut it before it can say why.
    errorHandler: () => undefined,
    // The registry says goodbye, with a code; the default would be first, without one.
    preClose: (done) => done(),
    options: {
      maxPayload: maxFrameBytes,
      handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false),
    },
  });
  app.addHook('onRequest', (request, _reply, done) => {
    done(request.ws ? upgradeProblem(request) : undefined);
  });
  app.route<{ Params: { name: string } }>({
    method: 'GET',
    url: connectPath,
    exposeHeadRoute: false,
    schema: { hide: true },
    handler() {
      throw badRequest(`expected a WebSocket of the subprotocol ${subprotocol}`);
    },
    wsHandler(socket, request) {
      const name = resourceNameSchema.safeParse(request.params.name);
      if (!name.success) socket.close(closeCodes.notAllowed, 'the device name is not valid');
      else if (socket.protocol !== subprotocol)
        socket.close(closeCodes.notAllowed, `expected the subprotocol ${subprotocol}`);
      else {
        const sender = { caller: name.data, address: request.ip };
        serveDeviceSocket(gateway, sender, socket, recheckOf(request, authenticator));
      }
    },
  });
}

/** Refuses an upgrade to anything else, or elsewhere: no other route could answer it. */
function upgradeProblem({ is404, routeOptions, headers }: FastifyRequest): MusterError | undefined {
  if (is404 || (routeOptions.url === connectPath && headers.upgrade?.toLowerCase() === 'websocket')) return undefined;
  return badRequest('expected no upgrade here: only /api/v1/devices/{name}/connect has one, to a WebSocket');
}

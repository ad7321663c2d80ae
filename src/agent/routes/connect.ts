import websocket from '@fastify/websocket';
import type { DeviceAuthenticator } from '../../auth/device-authenticator.ts';
import { badRequest } from '../../domain/errors.ts';
import { resourceNameSchema } from '../../domain/resources/object-meta.ts';
import type { Listener } from '../../listener/listener.ts';
import { serveDeviceSocket } from '../device-socket.ts';
import { maxFrameBytes } from '../frames.ts';
import { recheckOf } from '../device-access.ts';
import type { Gateway } from '../gateway.ts';
import { closeCodes } from '../socket-registry.ts';

export const subprotocol = 'muster.v1';

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
  app.route<{ Params: { name: string } }>({
    method: 'GET',
    url: '/api/v1/devices/:name/connect',
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
      else serveDeviceSocket(gateway, name.data, socket, recheckOf(request, authenticator));
    },
  });
}

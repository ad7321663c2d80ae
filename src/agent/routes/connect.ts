import websocket from '@fastify/websocket';
import { resourceNameSchema } from '../../domain/resources/object-meta.ts';
import type { Listener } from '../../http/listener.ts';
import { serveDeviceSocket } from '../device-socket.ts';
import { maxFrameBytes } from '../frames.ts';
import type { Gateway } from '../gateway.ts';
import { closeCodes } from '../socket-registry.ts';

export const subprotocol = 'muster.v1';

/** `GET /devices/{name}/connect`: the WebSocket. Must be registered before the routes that it shares a listener with. */
export async function connectRoute(app: Listener, gateway: Gateway): Promise<void> {
  await app.register(websocket, {
    // The connection itself has what to do on an error; the default would cut it before it can say why.
    errorHandler: () => undefined,
    options: {
      maxPayload: maxFrameBytes,
      handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false),
    },
  });
  app.get<{ Params: { name: string } }>('/api/v1/devices/:name/connect', { websocket: true }, (socket, request) => {
    const name = resourceNameSchema.safeParse(request.params.name);
    if (!name.success) socket.close(closeCodes.notAllowed, 'the device name is not valid');
    else if (socket.protocol !== subprotocol)
      socket.close(closeCodes.notAllowed, `expected the subprotocol ${subprotocol}`);
    else serveDeviceSocket(gateway, name.data, socket);
  });
}

import { connect, type TLSSocket } from 'node:tls';
import { Client } from 'undici';
import { deviceStatus } from './device-status.ts';
import type { DeviceIdentity, LoadResult } from './load.ts';
import { Measured } from './measured.ts';

/** Handshakes at the same time. */
const openedAtOnce = 64;

type Device = { readonly name: string; readonly client: Client };

/** Connections of devices under mutual TLS, each of one device, with its own certificate. */
export class DeviceConnections {
  private devices: Device[] = [];

  /** Opens them up to the end of the handshake, in place of those before; nothing is sent yet. */
  async open(origin: string, ca: string, identities: readonly DeviceIdentity[]): Promise<LoadResult> {
    await this.close();
    const measured = new Measured();
    let next = 0;
    const one = async () => {
      for (let identity = identities[next++]; identity !== undefined; identity = identities[next++]) {
        const beganAt = performance.now();
        this.devices.push(await connected(origin, ca, identity));
        measured.note('open', beganAt);
      }
    };
    await Promise.all(Array.from({ length: openedAtOnce }, one));
    return measured.result();
  }

  /**
   * Sends the same request on every connection, a number of times one after the other.
   *
   * @param path with `:name` in the place of the device's name
   * @param sendsStatus as a PUT, with a status that is another each time
   */
  async each({ path, times, sendsStatus }: { path: string; times: number; sendsStatus: boolean }): Promise<LoadResult> {
    const measured = new Measured();
    await Promise.all(
      this.devices.map(async ({ name, client }) => {
        for (let time = 0; time < times; time += 1) {
          const sentAt = performance.now();
          const { statusCode, body } = await client.request({
            path: path.replace(':name', name),
            ...(sendsStatus
              ? {
                  method: 'PUT',
                  headers: { 'content-type': 'application/json' },
                  body: deviceStatus(name, measured.count),
                }
              : { method: 'GET' }),
          });
          await body.dump();
          measured.note(String(statusCode), sentAt);
        }
      }),
    );
    return measured.result();
  }

  async close(): Promise<void> {
    await Promise.all(this.devices.map(({ client }) => client.close()));
    this.devices = [];
  }
}

async function connected(origin: string, ca: string, { name, certificate, key }: DeviceIdentity): Promise<Device> {
  const { hostname, port } = new URL(origin);
  const socket = await new Promise<TLSSocket>((resolve, reject) => {
    const opening = connect({
      host: hostname,
      port: Number(port),
      ca,
      cert: certificate,
      key,
      ALPNProtocols: ['http/1.1'],
    });
    opening.once('error', reject).once('secureConnect', () => resolve(opening));
  });
  // The client is in the middle of a step when it asks, and forgets a socket that it is given at once.
  const client = new Client(origin, {
    pipelining: 1,
    connect: (_options, done) => void setImmediate(done, null, socket),
  });
  return { name, client };
}

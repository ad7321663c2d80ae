import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';
import type { MusterFrame } from '../../src/domain/resources/websocket-frames.ts';
import { musterFrameSchema } from '../../src/domain/resources/websocket-frames.ts';

type FrameOf<Type extends MusterFrame['type']> = Extract<MusterFrame, { type: Type }>;

/** A device that talks over a WebSocket. */
export class SocketDevice {
  readonly socket: WebSocket;
  /** Frames that came and nobody asked for yet. */
  readonly unread: MusterFrame[] = [];
  /** The end of the connection. */
  readonly closed: Promise<{ code: number; reason: string }>;
  private readonly readers: Array<() => void> = [];

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => {
      this.unread.push(musterFrameSchema.parse(JSON.parse(data.toString('utf8'))));
      for (const reader of this.readers.splice(0)) reader();
    });
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => resolve({ code, reason: reason.toString('utf8') }));
    });
  }

  static async connect(
    url: string,
    name: string,
    { protocols = ['muster.v1'], ...options }: ClientOptions & { protocols?: string[] } = {},
  ): Promise<SocketDevice> {
    const address = `${url.replace(/^http/, 'ws')}/api/v1/devices/${name}/connect`;
    const device = new SocketDevice(new WebSocket(address, protocols, options));
    await once(device.socket, 'open');
    return device;
  }

  send(frame: object | string | Buffer): void {
    this.socket.send(Buffer.isBuffer(frame) || typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  report(frame: object = {}): void {
    this.send({ type: 'report', ...frame });
  }

  /** The next frame of a type; others that come before it stay unread. */
  async next<Type extends MusterFrame['type']>(type: Type): Promise<FrameOf<Type>> {
    for (;;) {
      const index = this.unread.findIndex((frame) => frame.type === type);
      if (index !== -1) return this.unread.splice(index, 1)[0] as FrameOf<Type>;
      await new Promise<void>((resolve) => this.readers.push(resolve));
    }
  }

  /** Reports, and returns the verdict on it. */
  async ask(frame: object = {}): Promise<FrameOf<'verdict'>> {
    this.report(frame);
    return await this.next('verdict');
  }

  /** Resolves when all that Muster had sent by now has come. */
  async settled(): Promise<void> {
    this.socket.ping();
    await once(this.socket, 'pong');
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }
}

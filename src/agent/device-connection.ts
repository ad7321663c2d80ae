import type { WebSocket } from 'ws';

/** Bytes that may wait to be sent to a device that does not read. */
const maxUnsentBytes = 8 * 1024 * 1024;
/** Pings in a row without an answer after which a connection is ended. */
const maxMissedPongs = 2;
/** Longest wait for a device to answer a goodbye, in milliseconds, where nobody says otherwise. */
const goodbyeTimeoutMs = 2_000;

/** Code of a connection that ended without a goodbye (RFC 6455, section 7.1.5). */
const abnormalClosure = 1006;

/** The life of one WebSocket: keeps it alive, sends without filling the memory, and ends it. */
export class DeviceConnection {
  private readonly socket: WebSocket;
  private missedPongs = 0;

  constructor(
    socket: WebSocket,
    { onMessage, onClose }: { onMessage: (data: Buffer, isBinary: boolean) => void; onClose: () => void },
  ) {
    this.socket = socket;
    socket.on('message', onMessage);
    socket.on('pong', () => {
      this.missedPongs = 0;
    });
    // ws answers a frame that breaks the protocol by closing with a code; a broken connection ends by itself.
    socket.on('error', () => undefined);
    socket.on('close', onClose);
  }

  get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  /** Asks for a sign of life. @returns false if the connection was ended, because earlier pings had no answer */
  ping(): boolean {
    if (this.missedPongs >= maxMissedPongs) {
      this.socket.terminate();
      return false;
    }
    this.missedPongs += 1;
    this.socket.ping();
    return true;
  }

  /** Sends a text frame. A device that does not read what it is sent loses its connection. */
  send(text: string): void {
    if (!this.isOpen) return;
    if (this.socket.bufferedAmount > maxUnsentBytes) {
      this.socket.terminate();
      return;
    }
    this.socket.send(text);
  }

  /** Says goodbye; terminates the connection of a device that does not answer in time. @returns whether it answered */
  async close(code: number, reason: string, timeoutMs = goodbyeTimeoutMs): Promise<boolean> {
    if (this.socket.readyState === this.socket.CLOSED) return false;
    const closed = new Promise<number>((resolve) => {
      this.socket.once('close', resolve);
    });
    this.socket.close(code, reason);
    const timer = setTimeout(() => this.socket.terminate(), timeoutMs);
    const answer = await closed;
    clearTimeout(timer);
    return answer !== abnormalClosure;
  }
}

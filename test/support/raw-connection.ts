import { connect, type Socket } from 'node:net';

/** A connection on which a test says what it likes, byte by byte. */
export class RawConnection {
  readonly socket: Socket;
  /** All that was answered, once the other side has closed. */
  readonly answer: Promise<string>;

  /** @param url base address of a listener */
  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.socket = connect(Number(port), hostname);
    const chunks: Buffer[] = [];
    this.socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    // What was answered before a reset counts; that there was one does not.
    this.socket.on('error', () => undefined);
    this.answer = new Promise((resolve) => {
      this.socket.on('close', () => resolve(Buffer.concat(chunks).toString('utf8')));
    });
  }

  send(text: string | Buffer): this {
    this.socket.write(text);
    return this;
  }
}

/** The status and the body of an answer as it came over the wire. */
export function readAnswer(answer: string): { code: number; headers: string; body: unknown } {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  return {
    code: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]),
    headers: head.toLowerCase(),
    body: body === '' ? undefined : JSON.parse(body),
  };
}

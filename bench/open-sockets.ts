import { WebSocket } from 'ws';
import type { LoadResult } from './load.ts';
import type { Measured } from './measured.ts';

/** Sockets opened at once. */
const openingAtOnce = 200;

/** Sockets that stay open from one measurement to the next. */
export class OpenSockets {
  private sockets: WebSocket[] = [];

  async open(
    origin: string,
    paths: readonly string[],
    protocol: string | undefined,
    measured: Measured,
  ): Promise<LoadResult> {
    let next = 0;
    const one = async () => {
      for (let path = paths[next++]; path !== undefined; path = paths[next++]) {
        const beganAt = performance.now();
        this.sockets.push(await opened(`${origin.replace('http', 'ws')}${path}`, protocol));
        measured.note('open', beganAt);
      }
    };
    await Promise.all(Array.from({ length: openingAtOnce }, one));
    return measured.result();
  }

  /** Sends a frame on each and waits for one on each. */
  async exchange(frame: string, measured: Measured): Promise<LoadResult> {
    await Promise.all(
      this.sockets.map(async (socket) => {
        const sentAt = performance.now();
        const answer = nextFrame(socket, () => true);
        socket.send(frame);
        measured.note(kindOf(await answer), sentAt);
      }),
    );
    return measured.result();
  }

  /** Reports on each socket when it is asked to; resolves when each was given a verdict. */
  async verdicts(frame: string, measured: Measured): Promise<LoadResult> {
    await Promise.all(
      this.sockets.map(async (socket) => {
        await nextFrame(socket, (text) => kindOf(text) === 'report-request');
        const sentAt = performance.now();
        const answer = nextFrame(socket, (text) => kindOf(text) !== 'report-request');
        socket.send(frame);
        measured.note(kindOf(await answer), sentAt);
      }),
    );
    return measured.result();
  }

  /** Resolves when each socket was sent a spec. */
  async specs(measured: Measured): Promise<LoadResult> {
    const beganAt = performance.now();
    await Promise.all(
      this.sockets.map(async (socket) => {
        await nextFrame(socket, (text) => kindOf(text) === 'rendered');
        measured.note('rendered', beganAt);
      }),
    );
    return measured.result();
  }

  async close(measured: Measured): Promise<LoadResult> {
    const beganAt = performance.now();
    await Promise.all(
      this.sockets.map(async (socket) => {
        const closed = new Promise((done) => socket.once('close', done));
        socket.close();
        await closed;
        measured.note('closed', beganAt);
      }),
    );
    this.sockets = [];
    return measured.result();
  }
}

async function opened(url: string, protocol: string | undefined): Promise<WebSocket> {
  const socket = new WebSocket(url, protocol, { perMessageDeflate: false });
  socket.on('error', () => undefined);
  return await new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket));
    socket.once('close', (code) => reject(new Error(`${url} was closed with ${code}`)));
  });
}

async function nextFrame(socket: WebSocket, isIt: (text: string) => boolean): Promise<string> {
  return await new Promise((resolve, reject) => {
    const closed = (code: number) => reject(new Error(`a socket was closed with ${code}`));
    const received = (data: Buffer) => {
      const text = data.toString('utf8');
      if (!isIt(text)) return;
      socket.off('message', received);
      socket.off('close', closed);
      resolve(text);
    };
    socket.on('message', received);
    socket.once('close', closed);
  });
}

function kindOf(text: string): string {
  return /"type":"([a-z-]+)"/.exec(text)?.[1] ?? 'frame';
}

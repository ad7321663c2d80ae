import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import { patience } from '../settle.ts';
import type { Scene } from '../scene.ts';
import { ordinary } from './bursts.ts';

const senders = 300;
/** Headers are looked at every 30 s, and must be there after 10; bodies after 30. */
const closedWithinMs = 75_000;
/** Below this a latency is noise of a busy machine, in milliseconds. */
const noticeableMs = 250;

/** Row 17: three hundred clients send a byte a second, of headers or of a body. Others must not notice. */
export const slowSenders: Fault = {
  row: 17,
  name: 'slow-senders',
  async inject(scene, random) {
    const before = await slowestOf(scene);
    const sockets = Array.from({ length: senders }, (_, index) =>
      open(random.chance(0.5) ? scene.api.agentPort : scene.api.apiPort, index % 2 === 0 ? 'headers' : 'body'),
    );
    const drip = setInterval(() => {
      for (const socket of sockets) if (socket.writable) socket.write('a');
    }, 1_000);
    scene.fault(17, 'slow-senders', 'sockets', senders);
    try {
      await sleep(1_500);
      const during = await slowestOf(scene);
      if (during > Math.max(2 * before, noticeableMs * patience))
        scene.violate(
          'R',
          `reports took up to ${Math.round(during)} ms beside slow senders, ${Math.round(before)} ms before`,
        );
      if (scene.options.short) return;
      const closed = await scene.until(() => sockets.every((socket) => socket.closed), closedWithinMs, 500);
      if (!closed)
        scene.violate('R', `${sockets.filter((socket) => !socket.closed).length} slow senders were never closed`);
      scene.fault(17, 'slow-senders', 'closed by the service', sockets.filter((socket) => socket.closed).length);
    } finally {
      clearInterval(drip);
      for (const socket of sockets) socket.destroy();
    }
  },
};

function open(port: number, what: 'headers' | 'body'): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.resume();
  const start = 'PUT /api/v1/devices/d000/status HTTP/1.1\r\nHost: localhost\r\n';
  socket.write(
    what === 'headers'
      ? `${start}X-Slow: `
      : `${start}Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"x":"`,
  );
  return socket;
}

/** The 99th percentile of the time that a status report takes, in milliseconds. */
async function slowestOf(scene: Scene): Promise<number> {
  const devices = ordinary(scene).slice(0, 100);
  const times = await Promise.all(
    devices.map(async (device, index) => {
      await sleep(index * 5);
      const began = performance.now();
      await scene.population.http.tellSpec(device);
      return performance.now() - began;
    }),
  );
  return times.toSorted((left, right) => left - right).at(Math.floor(times.length * 0.99) - 1) ?? 0;
}

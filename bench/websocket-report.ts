import { deviceName, fleetVersion } from './fleet.ts';
import { bounded, row, type Bench } from './harness.ts';
import { LoadGenerator } from './load.ts';
import { startService } from './service.ts';

const sockets = 15_000;
const echoes = 5_000;
const report = JSON.stringify({ type: 'report', id: 1, renderedVersion: String(fleetVersion) });

/** WebSockets: what each costs while it is held, and a storm on all of them at once. */
export const websocketBench: Bench = {
  name: 'websocket',
  async run(rig) {
    const held = Math.min(sockets, rig.fleet);
    const service = await startService(await rig.databaseWith(rig.fleet), openLimits(held));
    const load = new LoadGenerator();
    try {
      const echo = Array.from({ length: Math.min(echoes, held) }, (_, index) => `/echo/${deviceName(index)}`);
      await load.run({ kind: 'open-sockets', origin: service.agent, paths: echo });
      await load.run({ kind: 'frames', frame: report });
      const echoed = await load.run({ kind: 'frames', frame: report });
      await load.run({ kind: 'close-sockets' });

      const idle = await service.memory();
      const paths = Array.from({ length: held }, (_, index) => `/api/v1/devices/${deviceName(index)}/connect`);
      await load.run({ kind: 'open-sockets', origin: service.agent, paths, protocol: 'muster.v1' });
      const loaded = await service.memory();
      const kibEach = (loaded.rssBytes - idle.rssBytes) / held / 1_024;
      // A device is asked again only if it has spoken on this connection.
      await load.run({ kind: 'frames', frame: report });
      const storm = load.run({ kind: 'await-verdicts', frame: report });
      await service.declare();
      const { perSecond, outcomes } = await storm;
      const refused = held - (outcomes['verdict'] ?? 0);
      return [
        row(
          'first report after a restore, WebSocket, against an echo',
          '/s',
          { figure: perSecond, baseline: echoed.perSecond },
          { atLeast: 0.6 },
        ),
        bounded(`resident memory of each of ${held.toLocaleString('en')} WebSockets`, 'KiB', kibEach, { atMost: 25 }),
        bounded('of them not given a verdict in a storm on all', 'sockets', refused, { atMost: 0 }),
      ];
    } finally {
      await load.end();
      await service.stop();
    }
  },
};

/** All of these sockets come from one address, as behind one gateway. */
function openLimits(connections: number): Record<string, string> {
  return { MUSTER_MAX_CONNECTIONS_PER_ADDRESS: String(connections * 2) };
}

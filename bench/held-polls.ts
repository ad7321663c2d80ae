import { Client } from 'undici';
import { deviceName, reportPath } from './fleet.ts';
import { bounded, type Bench } from './harness.ts';
import { startService, type Service } from './service.ts';

const polls = 5_000;
/** Connections opened in one go. */
const atOnce = 250;

/** Polls that are held open until there is news, as those of a fleet are nearly all the time: the memory of each. */
export const heldPollsBench: Bench = {
  name: 'held-polls',
  async run(rig) {
    const service = await startService(await rig.databaseWith(rig.fleet), {
      MUSTER_POLL_TIMEOUT: '120s',
      MUSTER_MAX_CONNECTIONS_PER_ADDRESS: String(polls * 2),
    });
    const clients = Array.from({ length: polls }, () => new Client(service.agent));
    try {
      const idle = await service.memory();
      for (let first = 0; first < polls; first += atOnce) {
        for (const [index, client] of clients.slice(first, first + atOnce).entries()) {
          // Ends with its connection.
          client.request({ method: 'GET', path: reportPath(deviceName(first + index)) }).catch(() => undefined);
        }
        await heldAre(service, Math.min(first + atOnce, polls));
      }
      const loaded = await service.memory();
      const kibEach = (loaded.rssBytes - idle.rssBytes) / polls / 1_024;
      return [
        bounded(`resident memory of each of ${polls.toLocaleString('en')} polls that are held`, 'KiB', kibEach, {
          atMost: 20,
        }),
      ];
    } finally {
      await Promise.all(clients.map((client) => client.destroy()));
      await service.stop();
    }
  },
};

async function heldAre(service: Service, count: number): Promise<void> {
  for (;;) {
    const response = await fetch(`${service.api}/metrics`);
    const held = /^muster_long_polls_waiting(?:\{[^}]*\})? (\d+)$/m.exec(await response.text())?.[1];
    if (Number(held) >= count) return;
    await new Promise((done) => setTimeout(done, 50));
  }
}

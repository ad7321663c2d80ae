import { deliveredForm, readSpec } from '../src/domain/rendering/delivered-form.ts';
import { deviceName, fleetVersion, giveSpecs, leaveTier, withClient } from './fleet.ts';
import { bounded, noted, quantile, row, timesMs, type Bench } from './harness.ts';
import { LoadGenerator } from './load.ts';
import { startService, type Service } from './service.ts';

const tier = 't0';
const connected = 5_000;

/** A tenth of the fleet is paused and resumed by label, rendered again and told. */
export const resumeBench: Bench = {
  name: 'resume',
  async run(rig) {
    const url = await rig.databaseWith(rig.fleet);
    await giveSpecs(url, tier);
    const service = await startService(url, { MUSTER_WORKER: 'true' });
    const load = new LoadGenerator();
    const paused = rig.fleet / 10;
    try {
      await service.declare();
      await leaveTier(url, tier, 'paused');
      const count = await withClient(url, async (client) => {
        const times = await timesMs(
          7,
          () => client`SELECT count(*) FROM devices d JOIN device_positions p USING (name)
            WHERE d.labels @> ${client.json({ tier })} AND p.conflict_verdict IS NOT NULL`,
        );
        return quantile(times, 0.5);
      });
      const dryRun = quantile(await timesMs(7, () => resume(service, { dryRun: true })), 0.5);
      const update = await bareUpdateMs(url);

      const paths = Array.from(
        { length: Math.min(connected, paused) },
        (_, index) => `/api/v1/devices/${deviceName(index * 10 + 9)}/connect`,
      );
      await load.run({ kind: 'open-sockets', origin: service.agent, paths, protocol: 'muster.v1' });
      await load.run({
        kind: 'frames',
        frame: JSON.stringify({ type: 'report', renderedVersion: String(fleetVersion + 2) }),
      });
      const told = load.run({ kind: 'await-specs' });
      const beganAt = performance.now();
      await resume(service, { dryRun: false });
      const resumeMs = performance.now() - beganAt;
      await allRendered(url);
      await told;
      const seconds = (performance.now() - beganAt) / 1_000;
      const what = `resume of ${paused.toLocaleString('en')} paused devices by label`;
      return [
        row(
          `${what}, against the bare UPDATE of those rows`,
          'ms',
          { figure: resumeMs, baseline: update },
          { atMost: 2 },
        ),
        row(
          `${what}, dry run, against the bare SELECT count(*)`,
          'ms',
          { figure: dryRun, baseline: count },
          { atMost: 1.2 },
        ),
        bounded('from that resume until all are rendered and those connected told', 'devices/s', paused / seconds, {
          atLeast: 15_000,
        }),
        noted('the same, against rendering in memory', 'devices/s', {
          figure: paused / seconds,
          baseline: inMemoryPerSecond(paused),
        }),
      ];
    } finally {
      await load.end();
      await service.stop();
    }
  },
};

async function resume(service: Service, options: { dryRun: boolean }): Promise<void> {
  const response = await fetch(`${service.api}/api/v1/deviceactions/resume`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ labelSelector: `tier=${tier}`, ...options }),
  });
  if (response.status !== 200) throw new Error(`resume was answered ${response.status}: ${await response.text()}`);
  await response.text();
}

/** The same rows changed in the same columns and nothing else, and then put back. */
async function bareUpdateMs(url: string): Promise<number> {
  return await withClient(url, async (client) => {
    const beganAt = performance.now();
    let ms = 0;
    await client
      .begin(async (tx) => {
        await tx`UPDATE device_positions p SET version = p.reported_version, spec_hash = NULL, conflict_verdict = NULL,
            conflict_info = NULL, conflict_since = NULL, wanted_generation = p.wanted_generation + 1
          FROM devices d WHERE d.name = p.name AND d.labels @> ${tx.json({ tier })} AND p.conflict_verdict IS NOT NULL`;
        ms = performance.now() - beganAt;
        throw new Error('put back');
      })
      .catch(() => undefined);
    await client`VACUUM device_positions`;
    return ms;
  });
}

async function allRendered(url: string): Promise<void> {
  await withClient(url, async (client) => {
    for (;;) {
      const [row] = await client<Array<{ pending: boolean }>>`
        SELECT EXISTS (SELECT FROM device_positions WHERE rendered_generation < wanted_generation) AS pending`;
      if (row?.pending === false) return;
      await new Promise((done) => setTimeout(done, 50));
    }
  });
}

function inMemoryPerSecond(count: number): number {
  const beganAt = performance.now();
  for (let index = 0; index < count; index += 1) {
    const read = readSpec({ os: { image: `quay.io/acme/os:s${index % 100}` }, config: [] });
    if (!read.ok) throw new Error('the spec cannot be read');
    deliveredForm(read.spec, { name: deviceName(index), labels: { tier } });
  }
  return count / ((performance.now() - beganAt) / 1_000);
}

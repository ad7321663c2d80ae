import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { BackupCatalogue } from '../../src/backups/catalogue.ts';
import { createBackup } from '../../src/backups/create-backup.ts';
import { forecastBackup } from '../../src/backups/forecast-backup.ts';
import { PostgresPrograms } from '../../src/backups/postgres-programs.ts';
import { restoreBackup } from '../../src/backups/restore-backup.ts';
import type { DevicePosition } from '../../src/domain/recovery/position.ts';
import type { DeviceForecast } from '../../src/domain/recovery/forecast.ts';
import { deleteDevice } from '../../src/usecases/delete-device.ts';
import { systemClock } from '../../src/time/clock.ts';
import { by, FleetFixture } from '../support/fleet-fixture.ts';
import { createTestContext } from '../support/test-context.ts';
import { createTestDatabase } from '../support/test-database.ts';

const seeds = Number(process.env['FORECAST_SEEDS'] ?? 3);
const devices = 200;

/** Random numbers from 0 to 1 that a seed repeats. */
function randomOf(seed: number): () => number {
  let state = seed * 2_654_435_761 + 1;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

async function inDirectory() {
  const directory = await mkdtemp(join(tmpdir(), 'muster-forecast-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return { catalogue: new BackupCatalogue(directory), programs: new PostgresPrograms([]), clock: systemClock };
}

const backupRequest = { labels: {}, hold: false, engine: 'copy' } as const;

test.each(Array.from({ length: seeds }, (_, seed) => seed))(
  'a forecast is right for every device when the backup is really restored, with seed %i',
  { timeout: 120_000 },
  async (seed) => {
    const random = randomOf(seed);
    const here = await createTestContext();
    onTestFinished(() => here.close());
    const fleet = new FleetFixture(here);
    const names = Array.from({ length: devices }, (_, n) => `d${n}`);
    /** Position that each device runs, reported or not. */
    const runs = new Map<string, DevicePosition>();
    const goOn = async (round: string) => {
      for (const name of names) if (random() < 0.3) await fleet.edit(name, `quay.io/acme/${name}:${round}`);
      await fleet.render();
      for (const name of names) {
        const chance = random();
        if (chance < 0.4) continue;
        const position = await fleet.rendered(name);
        runs.set(name, position);
        if (chance < 0.8) await fleet.report(name, position);
      }
    };
    for (const name of names) await fleet.create(name, { spec: { os: { image: `quay.io/acme/${name}:0` } } });
    await goOn('1');
    const deps = await inDirectory();
    const manifest = await createBackup(deps, { ...backupRequest, url: here.database.url });
    await goOn('2');
    await deleteDevice(here.context, { name: 'd7', by });
    await fleet.create('new', { spec: { os: { image: 'quay.io/acme/new:1' } } });

    const forecasts: DeviceForecast[] = [];
    const { total } = await forecastBackup(deps.catalogue, manifest, here.database.url, (one) => forecasts.push(one));
    expect(total).toMatchObject({ unknown: 1, gone: 1 });
    expect(Math.min(total.paused, total.mayPause, total.behind, total.inSync)).toBeGreaterThan(0);

    const empty = await createTestDatabase('template0');
    await restoreBackup(deps, manifest, { url: empty.url, jobs: 1 });
    const restored = await createTestContext({ database: empty });
    onTestFinished(() => restored.close());
    const fleetAfter = new FleetFixture(restored);
    await fleetAfter.declareRestore();
    const gates = {
      paused: ['ConflictPaused'],
      mayPause: ['ConflictPaused', 'Open'],
      inSync: ['Open'],
      behind: ['Open'],
      unknown: ['unknown'],
      gone: [],
      notMustered: ['Open'],
    };
    for (const { name, outcome } of forecasts.filter((one) => one.outcome !== 'gone')) {
      const position = runs.get(name) ?? { timeline: null, version: 0, specHash: null };
      const [answer] = await fleetAfter.reportAll([{ device: name, position }]);
      expect(gates[outcome], `${name}: ${outcome}`).toContain(answer?.kind === 'known' ? answer.gate : answer?.kind);
    }
  },
);

test('a backup of another control plane gets no forecast', async () => {
  const [here, other] = [await createTestContext(), await createTestContext()];
  onTestFinished(() => here.close());
  onTestFinished(() => other.close());
  const deps = await inDirectory();
  const manifest = await createBackup(deps, { ...backupRequest, url: other.database.url });
  await expect(forecastBackup(deps.catalogue, manifest, here.database.url)).rejects.toThrow('another control plane');
});

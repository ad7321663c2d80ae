import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { BackupCatalogue } from '../../../src/backups/catalogue.ts';
import { createBackup } from '../../../src/backups/create-backup.ts';
import { PostgresPrograms } from '../../../src/backups/postgres-programs.ts';
import { runDeps } from '../../../src/cli/restores/run-options.ts';
import { systemClock } from '../../../src/time/clock.ts';
import { useFleet } from '../../support/use-fleet.ts';

const { here, fleet } = await useFleet();

test('a run says what the backup that it chose would do to the devices of the live database', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'muster-run-options-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await fleet.running('a', 'b');
  const deps = { catalogue: new BackupCatalogue(directory), programs: new PostgresPrograms(), clock: systemClock };
  const { url } = here.database;
  const { id } = await createBackup(deps, { url, labels: {}, hold: false, engine: 'copy' });
  await fleet.edit('b', 'quay.io/acme/b:2');
  await fleet.render();
  await fleet.report('b', await fleet.rendered('b'));
  await fleet.create('c');
  const progress = { update: () => undefined, stop: () => undefined };
  const { forecast } = runDeps(new AbortController().signal, { wait: false, progress });
  expect(await forecast?.({ liveUrl: url, directory, backup: id })).toBe(
    'forecast, if it were restored now: 1 in sync, 0 behind, 1 paused, 0 may pause, 1 unknown, 0 gone, 0 not mustered',
  );
  await expect(forecast?.({ liveUrl: url, directory, backup: 'none' })).rejects.toThrow('there is no backup none');
});

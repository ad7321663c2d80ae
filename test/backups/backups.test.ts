import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BackupCatalogue } from '../../src/backups/catalogue.ts';
import { createBackup } from '../../src/backups/create-backup.ts';
import { PostgresPrograms } from '../../src/backups/postgres-programs.ts';
import { pruneBackups } from '../../src/backups/prune-backups.ts';
import { faultsOfFiles, verifyBackup, type BackupDeps } from '../../src/backups/verify-backup.ts';
import type { BackupManifest } from '../../src/domain/backups/backup-manifest.ts';
import { systemClock } from '../../src/time/clock.ts';
import { useFleet } from '../support/use-fleet.ts';

const { here, fleet } = await useFleet();
let directory: string;
let deps: BackupDeps;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'muster-backups-'));
  deps = { catalogue: new BackupCatalogue(directory), programs: new PostgresPrograms(), clock: systemClock };
  await fleet.running('a', 'b', 'c');
});

afterEach(() => rm(directory, { recursive: true }));

const create = (hold = false): Promise<BackupManifest> =>
  createBackup(deps, { url: here.database.url, labels: { before: 'upgrade' }, hold, engine: 'copy' });

describe('a backup', () => {
  test('says what it holds, and is good', async () => {
    const manifest = await create();
    expect(manifest).toMatchObject({
      engine: 'copy',
      labels: { before: 'upgrade' },
      counts: { devices: 3, device_positions: 3 },
      highest: { renderedVersion: 1 },
    });
    expect((await deps.catalogue.read()).backups).toEqual([
      { manifest, verification: expect.objectContaining({ faults: [] }) as object },
    ]);
    expect((await verifyBackup(deps, manifest)).faults).toEqual([]);
    expect((await readdir(directory)).every((name) => name.startsWith(manifest.id))).toBe(true);
  });

  test('that is cut off anywhere, or has one byte changed, is found to be bad', async () => {
    const manifest = await create();
    const { name, bytes } = manifest.files.dump;
    const whole = await readFile(join(directory, name));
    for (let at = 0; at < 20; at += 1) {
      await truncate(join(directory, name), Math.floor((bytes * at) / 20));
      expect(await faultsOfFiles(deps, manifest)).toEqual([expect.stringMatching(/ bytes; the manifest says /)]);
      await writeFile(join(directory, name), whole);
    }
    for (let flip = 0; flip < 200; flip += 1) {
      const flipped = Buffer.from(whole);
      const at = randomBytes(4).readUInt32BE() % bytes;
      flipped[at] = (flipped[at] ?? 0) ^ 0x10;
      await writeFile(join(directory, name), flipped);
      expect(await faultsOfFiles(deps, manifest)).toEqual([expect.stringContaining('checksum')]);
    }
    await rm(join(directory, name));
    expect(await faultsOfFiles(deps, manifest)).toEqual([expect.stringContaining('cannot be read')]);
  });

  test('whose manifest is torn or says more than is known is none, and is named', async () => {
    const manifest = await create();
    await writeFile(join(directory, `${manifest.id}.json`), JSON.stringify({ ...manifest, extra: 1 }));
    expect(await deps.catalogue.read()).toEqual({
      backups: [],
      unreadable: [`${manifest.id}.json is not the description of a backup`],
    });
  });

  test('that was begun and never finished is none, and its files go when it is old', async () => {
    const left = [
      '20261101T020000Z-00000000.sql.gz',
      '20261101T020000Z-00000000.positions.gz',
      '20261101T020000Z-00000000.sql.gz.partial',
    ];
    for (const name of left) await writeFile(join(directory, name), 'x');
    await create();
    expect(await readdir(directory)).toEqual(expect.arrayContaining(left));
    const old = new Date(Date.now() - 25 * 3_600_000);
    await Promise.all(left.slice(0, 2).map((name) => utimes(join(directory, name), old, old)));
    await create();
    // One of its files was written to a moment ago: it may go on.
    expect(await readdir(directory)).toEqual(expect.arrayContaining(left));
    await utimes(join(directory, left[2] ?? ''), old, old);
    await create();
    expect((await readdir(directory)).filter((name) => left.includes(name))).toEqual([]);
  });

  test('that fails leaves a note and nothing else', async () => {
    const url = new URL(here.database.url);
    url.pathname = '/none';
    await expect(createBackup(deps, { url: url.toString(), labels: {}, hold: false, engine: 'copy' })).rejects.toThrow(
      'none',
    );
    const { failure, backups } = await deps.catalogue.state();
    expect([failure?.message, backups]).toEqual([expect.stringContaining('none'), []]);
    await create();
    expect((await deps.catalogue.state()).failure).toBeUndefined();
  });
});

describe('pruning', () => {
  const rules = { keepWithinMs: 0, keepDaily: 0, keepAtLeast: 1 };

  test('does not count on a backup that was damaged since it was verified', async () => {
    const good = await create();
    // Ids are of a second: the next one is taken later.
    const damaged = await later();
    await truncate(join(directory, damaged.files.dump.name), 10);
    const choices = await pruneBackups(deps, { ...rules, dryRun: false });
    expect(choices).toEqual([
      { id: damaged.id, kept: 'its verification failed' },
      { id: good.id, kept: 'the newest verified one' },
    ]);
    expect((await deps.catalogue.read()).backups.map(({ manifest }) => manifest.id)).toEqual([good.id, damaged.id]);
  });

  test('removes what the rules let go, and in a dry run nothing', async () => {
    const first = await create();
    const held = await later(true);
    const last = await later();
    const ids = async () => (await deps.catalogue.read()).backups.map(({ manifest }) => manifest.id);
    const before = await readdir(directory);
    await pruneBackups(deps, { ...rules, dryRun: true });
    expect(await readdir(directory)).toEqual(before);
    await pruneBackups(deps, { ...rules, dryRun: false });
    expect(await ids()).toEqual([held.id, last.id]);
    expect((await readdir(directory)).filter((name) => name.startsWith(first.id))).toEqual([]);
  });

  async function later(hold = false): Promise<BackupManifest> {
    await sleep(1_000);
    return await create(hold);
  }
});

import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Fault } from '../fault.ts';
import type { Random } from '../random.ts';
import type { Scene } from '../scene.ts';
import { burst } from './bursts.ts';

const run = promisify(execFile);

/** Row 20: two database connections for two hundred polls; then a disk that is full. */
export const noRoom: Fault = {
  row: 20,
  name: 'no-room',
  async inject(scene, random) {
    await exhaustPool(scene, random);
    if (await fillDisk(scene, random)) scene.fault(20, 'no-room', 'disk full');
    else await refuseWrites(scene, random);
  },
};

async function exhaustPool(scene: Scene, random: Random): Promise<void> {
  await scene.api.kill();
  await scene.api.ensureRunning({ MUSTER_DATABASE_POOL: '2' });
  const lists = Array.from({ length: 40 }, () =>
    scene.admin.call({ method: 'GET', path: '/api/v1/devices?limit=100' }),
  );
  const [answers] = await Promise.all([Promise.all(lists), burst(scene, 200, random), scene.editFleets()]);
  scene.fault(20, 'no-room', 'polls on two connections', 200);
  for (const { code, headers } of answers) {
    if (code === 503 && headers['retry-after'] === undefined) scene.violate('R', '503 without Retry-After');
    else if (code !== 200 && code !== 503) scene.violate('R', `a list was answered ${code} on a small pool`);
  }
  await scene.api.kill();
  await scene.api.ensureRunning();
}

/** Moves the events to a small file system and fills it. @returns false where none can be mounted */
async function fillDisk(scene: Scene, random: Random): Promise<boolean> {
  const place = join(scene.directory, 'small-disk');
  await mkdir(place, { recursive: true });
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=64m,mode=0777', 'tmpfs', place]);
  } catch {
    return false;
  }
  const tablespace = `small_${scene.seed}`;
  const { cluster } = scene.stage;
  const filler = join(place, 'filler');
  try {
    const directory = join(place, 'tablespace');
    await mkdir(directory);
    await chmod(directory, 0o700);
    const { uid, gid } = cluster.owner;
    await chown(directory, uid, gid);
    await cluster.admin((sql) => sql.unsafe(`CREATE TABLESPACE ${tablespace} LOCATION '${directory}'`));
    await moveEvents(scene, tablespace);
    await struggle(scene, random, () => fill(filler));
    await rm(filler);
    await scene.until(() => scene.admin.isReady(), 20_000);
    await sleep(random.between(100, 500));
    return true;
  } finally {
    await rm(filler, { force: true });
    await moveEvents(scene, 'pg_default');
    await cluster.admin((sql) => sql.unsafe(`DROP TABLESPACE IF EXISTS ${tablespace}`)).catch(() => undefined);
    await run('umount', ['-l', place]);
  }
}

async function moveEvents(scene: Scene, tablespace: string): Promise<void> {
  await scene.incarnations.onLive((sql) => sql.unsafe(`ALTER TABLE events SET TABLESPACE ${tablespace}`));
}

async function fill(file: string): Promise<void> {
  const handle = await open(file, 'w');
  const block = Buffer.alloc(64 * 1024);
  try {
    for (let written = 0; written < 4_096; written += 1) await handle.write(block);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  } finally {
    await handle.close();
  }
}

/** The substitute if nothing can be mounted: PostgreSQL says that its disk is full although it is not. */
async function refuseWrites(scene: Scene, random: Random): Promise<void> {
  const refuse = () =>
    scene.incarnations.onLive(async (sql) => {
      await sql.unsafe(`
      CREATE FUNCTION rig_disk_full() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
      CREATE TRIGGER rig_disk_full BEFORE INSERT ON events FOR EACH STATEMENT EXECUTE FUNCTION rig_disk_full();`);
    });
  try {
    await struggle(scene, random, refuse);
  } finally {
    await scene.incarnations.onLive((sql) => sql.unsafe('DROP FUNCTION IF EXISTS rig_disk_full CASCADE'));
  }
  scene.fault(20, 'no-room', 'disk said to be full (no mount)');
}

/**
 * Lets every device answer a restore while there is no room for the events of it: none of that may be half done.
 *
 * @param fill makes that there is no room
 */
async function struggle(scene: Scene, random: Random, fill: () => Promise<void>): Promise<void> {
  await scene.population.silence();
  await scene.admin.declare(`full-${scene.seed}-${random.between(1, 1e9)}`);
  await fill();
  const from = scene.history.entries.length;
  scene.population.speak();
  for (let round = 0; round < 3; round += 1) {
    await Promise.all([burst(scene, 100, random), scene.editFleets()]);
    await scene.admin.decide('resume', { labelSelector: 'rig=yes' });
  }
  const refused = scene.history.entries.slice(from).filter((entry) => entry.kind === 'answer' && entry.code === 503);
  scene.fault(20, 'no-room', 'reports refused', refused.length);
}

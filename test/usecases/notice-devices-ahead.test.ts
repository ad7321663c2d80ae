import { sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { noticeDevicesAhead } from '../../src/usecases/notice-devices-ahead.ts';
import { readRestores } from '../../src/usecases/read-restores.ts';
import { useFleet } from '../support/use-fleet.ts';

const { here, fleet } = await useFleet();

beforeEach(async () => {
  // Devices of before the restore that is the current one: an hour older than all that reports.
  await here.context.database.pool.execute(sql`
    INSERT INTO devices (name, created_at) SELECT 'device-' || n, ${here.clock.now().toISOString()}::timestamptz FROM generate_series(1, 1000) n`);
  await here.context.database.pool.execute(sql`
    INSERT INTO device_positions (name, timeline, version, answered_restore_id, last_seen)
    SELECT name, ${await here.restore()}::uuid, 1, ${await here.restore()}::uuid, ${here.clock.now().toISOString()}::timestamptz FROM devices`);
});

/** The devices of these numbers say that they are ahead, as liars do and as devices of a server that went back. */
async function say(from: number, to: number, version: number): Promise<void> {
  const names = Array.from({ length: to - from + 1 }, (_, index) => `device-${from + index}`);
  await fleet.reportAll(names.map((device) => ({ device, position: { version, timeline: null, specHash: null } })));
}

async function ahead(from: number, to: number, version = 9): Promise<void> {
  await say(from, to, version);
  await noticeDevicesAhead(here.context);
}

const declared = async () => (await readRestores(here.context, { limit: 10, after: undefined })).items.length;
const later = (minutes: number) => here.clock.advance(minutes * 60_000);
const resumeAll = () => fleet.resume({ fieldSelector: "metadata.name!=''" });

test('three of a thousand devices that say they are ahead stamp nobody', async () => {
  await ahead(1, 3);
  expect(await declared()).toBe(0);
});

test('half of the devices that report stamp the fleet, once', async () => {
  await ahead(1, 500);
  await ahead(501, 1_000);
  expect(await declared()).toBe(1);
});

test('few devices are enough where only few report', async () => {
  later(60);
  await fleet.reportAll(
    [11, 12, 13, 14, 15, 16].map((number) => ({
      device: `device-${number}`,
      position: { version: 1, timeline: null, specHash: null },
    })),
  );
  await ahead(1, 3);
  expect(await declared()).toBe(1);
});

test('devices that are ahead again wait for the pause, which doubles', async () => {
  const rounds = async (minutes: number) => {
    later(minutes);
    // Each answers the restore before, is resumed, and others lie.
    await fleet.reportAll(
      Array.from({ length: 1_000 }, (_, index) => ({
        device: `device-${index + 1}`,
        position: { version: 1, timeline: null, specHash: null },
      })),
    );
    await here.context.database.pool.execute(sql`DELETE FROM events`);
    await here.context.database.pool.execute(sql`
      UPDATE device_positions SET conflict_verdict = NULL, conflict_since = NULL, reported_version = 1`);
    await ahead(1, 500);
    return await declared();
  };
  expect([await rounds(0), await rounds(59), await rounds(1), await rounds(60), await rounds(60)]).toEqual([
    1, 1, 2, 2, 3,
  ]);
});

test('devices that were resumed in this restore do not count', async () => {
  await say(1, 500, 9);
  await resumeAll();
  await ahead(1, 500, 20);
  expect(await declared()).toBe(0);
});

test('devices that came after this restore was declared do not count', async () => {
  await here.context.database.pool.execute(sql`
    UPDATE devices SET created_at = created_at + interval '1 second'`);
  await ahead(1, 500);
  expect(await declared()).toBe(0);
});

import { eq, sql } from 'drizzle-orm';
import type { DeviceRecord } from '../domain/devices/device-record.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Ownership } from '../domain/fleets/ownership.ts';
import type { Executor } from './client.ts';
import { findDevice } from './device-store.ts';
import { lockPositions } from './position-store.ts';
import { devicePositions, devices } from './schema.ts';

/** Reads a device and keeps it from changing until the transaction ends; undefined if there is none of that name. */
export async function lockDevice(tx: Executor, name: string): Promise<DeviceRecord | undefined> {
  await lockPositions(tx, [name]);
  await tx.select({ name: devices.name }).from(devices).where(eq(devices.name, name)).for('update');
  return await findDevice(tx, name);
}

type NewDevice = Ownership & {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: JsonObject;
  readonly templateGeneration: number | null;
  readonly rolloutProblem: string | null;
  readonly lifecycle: string | null;
  readonly createdAt: Date;
};

/**
 * Stands for the restore that a device last answered while it has answered none. No restore ever has this id, so
 * the device awaits whichever is the current one; before the first restore there would be no earlier one to name.
 */
const noRestore = '00000000-0000-0000-0000-000000000000';

/**
 * Stores a device, nothing of it rendered yet: one that has answered the given restore by being new, so that its gate is
 * open, or one that is awaited.
 *
 * @returns false if there is a device of that name, which is left as it is
 */
export async function insertDevice(
  tx: Executor,
  device: NewDevice,
  { restore, awaited }: { restore: string; awaited: boolean },
): Promise<boolean> {
  const { name, labels, annotations, spec, templateGeneration, rolloutProblem, lifecycle, createdAt } = device;
  const { owner, matchingFleets } = device;
  const row = { name, labels: { ...labels }, annotations: { ...annotations }, owner, lifecycle, createdAt };
  const inserted = await tx
    .insert(devices)
    .values({
      ...row,
      spec,
      templateGeneration,
      rolloutProblem,
      matchingFleets: matchingFleets && [...matchingFleets],
    })
    .onConflictDoNothing()
    .returning({ name: devices.name });
  if (inserted.length === 0) return false;
  const answeredRestore = awaited ? noRestore : restore;
  await tx.insert(devicePositions).values({ name, timeline: restore, answeredRestore, wantedSince: createdAt });
  return true;
}

/** Values that an edit leaves in a device's row. */
type EditedDevice = Ownership &
  Pick<
    DeviceRecord,
    | 'name'
    | 'labels'
    | 'annotations'
    | 'spec'
    | 'specAdopted'
    | 'templateGeneration'
    | 'rolloutProblem'
    | 'generation'
    | 'resourceVersion'
    | 'lifecycle'
  >;

/** Stores an edited device. The row must be locked. */
export async function saveDevice(tx: Executor, device: EditedDevice, now: Date): Promise<void> {
  const { name, labels, annotations, spec, specAdopted, generation, resourceVersion, lifecycle } = device;
  const { owner, matchingFleets, templateGeneration, rolloutProblem } = device;
  await tx
    .update(devices)
    .set({
      labels: { ...labels },
      annotations: { ...annotations },
      spec,
      specAdopted,
      templateGeneration,
      rolloutProblem,
      generation,
      resourceVersion,
      lifecycle,
      owner,
      matchingFleets: matchingFleets && [...matchingFleets],
      matchingFleetsSince: sql`CASE WHEN (${devices.matchingFleets} IS NULL) = ${matchingFleets === null}::boolean
        THEN ${devices.matchingFleetsSince} ELSE ${now.toISOString()}::timestamptz END`,
    })
    .where(eq(devices.name, name));
}

/**
 * Says that devices want rendering. A render that is outstanding already is not made younger by wanting one more. The
 * positions must be locked.
 */
export async function wantRendering(tx: Executor, names: readonly string[], now: Date): Promise<void> {
  if (names.length === 0) return;
  await tx.execute(sql`
    UPDATE device_positions AS p SET wanted_generation = p.wanted_generation + 1, wanted_since =
      CASE WHEN p.rendered_generation < p.wanted_generation THEN p.wanted_since ELSE ${now.toISOString()}::timestamptz END
    WHERE p.name = ANY(${sql.param(names)}::text[])`);
}

/** Keeps when the newest certificate of a device ends. The row must be locked. */
export async function saveCertificateExpiry(tx: Executor, name: string, expiresAt: Date): Promise<void> {
  await tx.update(devices).set({ certificateExpiresAt: expiresAt }).where(eq(devices.name, name));
}

/** Takes a device out of this and every later restore, and keeps in which that was. The position must be locked. */
export async function leaveMusters(tx: Executor, name: string, restore: string): Promise<void> {
  const left = { mustered: false, answeredRestore: restore };
  await tx.update(devicePositions).set(left).where(eq(devicePositions.name, name));
}

/** Removes a device and all that is kept of it, but for its events. The rows must be locked. */
export async function removeDevice(tx: Executor, name: string): Promise<void> {
  await tx.delete(devices).where(eq(devices.name, name));
}

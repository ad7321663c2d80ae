import type { Clock } from '../time/clock.ts';
import type { Database } from '../db/client.ts';
import { findDevice } from '../db/device-store.ts';
import { appendEvents } from '../db/event-log.ts';
import { holdRestore } from '../db/fence.ts';
import { clonesByConnectionEvent } from '../domain/devices/clone-events.ts';

/** Writes down that two machines hold connections under one name. A name that no device has is passed over. */
export async function noteClones(
  { database, clock }: { database: Database; clock: Clock },
  { device, times }: { device: string; times: number },
): Promise<void> {
  await database.transact(async (tx) => {
    const restore = await holdRestore(tx);
    if ((await findDevice(tx, device)) === undefined) return;
    await appendEvents(tx, [clonesByConnectionEvent(device, times)], { restore, now: clock.now() });
  });
}

import { findDevice } from '../db/device-store.ts';
import { appendEvents } from '../db/event-log.ts';
import { clonesByConnectionEvent } from '../domain/devices/clone-events.ts';
import { inRestore, type RestoreDeps } from './steps/in-restore.ts';

/** Writes down that two machines hold connections under one name. A name that no device has is passed over. */
export async function noteClones(
  deps: RestoreDeps,
  { device, times }: { device: string; times: number },
): Promise<void> {
  await inRestore(deps, async (tx, at) => {
    if ((await findDevice(tx, device)) === undefined) return;
    await appendEvents(tx, [clonesByConnectionEvent(device, times)], at);
  });
}

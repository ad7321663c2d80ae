import type { Executor } from '../../db/client.ts';
import { finishDecommissions } from '../../db/decommission-store.ts';
import { appendEvents } from '../../db/event-log.ts';
import { decommissionEndedEvent } from '../../domain/devices/decommission-events.ts';
import type { At } from './in-restore.ts';

/** Makes devices decommissioned whose stored status says that they carried their order out or failed to, with events. */
export async function endDecommissions(tx: Executor, names: readonly string[], at: At): Promise<void> {
  const ended = await finishDecommissions(tx, names);
  await appendEvents(tx, ended.map(decommissionEndedEvent), at);
}

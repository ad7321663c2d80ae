import type { Executor } from '../../db/client.ts';
import { appendEvents } from '../../db/event-log.ts';
import { saveFleet } from '../../db/fleet-store.ts';
import { endAdoption } from '../../db/ownership-store.ts';
import {
  concernsDevices,
  editedFleet,
  fleetChange,
  updatedFleetFields,
  type DesiredFleet,
} from '../../domain/fleets/fleet-edit.ts';
import type { FleetRecord } from '../../domain/fleets/fleet-record.ts';
import { rolloutEvent, updatedEvent } from '../../domain/resource-events.ts';
import type { Origin } from '../../domain/event.ts';
import type { At } from './in-restore.ts';

/**
 * Makes a fleet what a client wants it to be. The restore must be held and the fleets locked. What changes nothing leaves
 * no trace.
 *
 * @returns the fleet as it is then, and whether its devices have to hear of it
 */
export async function editFleet(
  tx: Executor,
  fleet: FleetRecord,
  desired: DesiredFleet,
  { by, ...at }: At & { by: Origin },
): Promise<{ fleet: FleetRecord; rollout: boolean }> {
  const change = fleetChange(fleet, desired);
  if (!change.metadata && !change.spec) return { fleet, rollout: false };
  const edited = editedFleet(fleet, desired, change);
  // Here and not in the rollout, which cannot tell a new template from a new selector.
  if (change.template) await endAdoption(tx, fleet.name);
  await saveFleet(tx, edited);
  const rollout = concernsDevices(change);
  const updated = updatedEvent({ kind: 'Fleet', name: fleet.name }, updatedFleetFields(change), by);
  const started = rollout ? [rolloutEvent(fleet.name, edited.generation, 'Started', by)] : [];
  await appendEvents(tx, [updated, ...started], at);
  return { fleet: edited, rollout };
}

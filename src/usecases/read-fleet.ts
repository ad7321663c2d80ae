import type { Executor } from '../db/client.ts';
import { lastEventTimes } from '../db/event-store.ts';
import { readFleetProblems } from '../db/device-problems.ts';
import { findFleet } from '../db/fleet-store.ts';
import type { Viewpoint } from '../domain/devices/device-record.ts';
import { conflict, notFound, type MusterError } from '../domain/errors.ts';
import { fleetDocument } from '../domain/fleets/fleet-document.ts';
import type { FleetRecord } from '../domain/fleets/fleet-record.ts';
import type { Fleet } from '../domain/resources/fleet.ts';
import { inView, type ViewDeps } from './steps/in-restore.ts';
import { summariseFleets } from './summarise-devices.ts';

/** A fleet, with a summary of its devices if that is asked for. @throws MusterError 404 */
export async function readFleet(
  deps: ViewDeps,
  name: string,
  { withSummary = false }: { withSummary?: boolean } = {},
): Promise<Fleet> {
  return await inView(deps, async (tx, view) => {
    const fleet = await findFleet(tx, name);
    if (fleet === undefined) throw noSuchFleet(name);
    return await fleetDocumentOf(tx, fleet, withSummary ? view : undefined);
  });
}

/** A fleet as it is shown, from its row. */
export async function fleetDocumentOf(tx: Executor, fleet: FleetRecord, view?: Viewpoint): Promise<Fleet> {
  const facts = await factsOf(tx, [fleet], view);
  return fleetDocument(fleet, facts(fleet.name));
}

/** Reads what is shown of fleets beside their rows. @param view for a summary of their devices */
export async function factsOf(tx: Executor, fleets: readonly FleetRecord[], view: Viewpoint | undefined) {
  const names = fleets.map(({ name }) => name);
  const [rolloutTimes, problems, summaries] = await Promise.all([
    lastEventTimes(tx, 'Fleet', names, ['FleetRolloutStarted', 'FleetRolloutCompleted', 'FleetRolloutFailed']),
    readFleetProblems(tx, names),
    view && summariseFleets(tx, names, view),
  ]);
  return (name: string) => ({
    rolloutChangedAt: rolloutTimes.get(name),
    devicesSummary: summaries?.get(name),
    problems: problems.get(name),
  });
}

/** @throws MusterError 409 for a fleet that is being deleted */
export function assertNotDeleting({ name, deletingSince }: FleetRecord): void {
  if (deletingSince === null) return;
  throw conflict(`fleet ${name} is being deleted: wait until it is gone`);
}

export function noSuchFleet(name: string): MusterError {
  return notFound(`there is no fleet ${name}`);
}

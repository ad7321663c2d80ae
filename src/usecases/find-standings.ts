import type { Database } from '../db/client.ts';
import { readForDelivery } from '../db/delivery-store.ts';
import { gateOf, type Gate } from '../domain/recovery/gate.ts';
import type { ServerPosition } from '../domain/recovery/position.ts';

/** Gate and server position of a device. */
export type Standing = { readonly gate: Gate; readonly server: ServerPosition };

/**
 * Reads the standings of devices that wait for news; those that are gone from the database are left out. Reads one snapshot, so
 * a gate and the restore it is judged by belong together.
 */
export async function findStandings(
  { database }: { database: Database },
  names: readonly string[],
): Promise<{ restore: string; standings: Map<string, Standing> }> {
  const { restore, positions } = await database.transact((tx) => readForDelivery(tx, names));
  const standings = new Map<string, Standing>();
  for (const [name, { state }] of positions)
    standings.set(name, { gate: gateOf(state, restore), server: state.server });
  return { restore, standings };
}

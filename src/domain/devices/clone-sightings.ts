import { clonesByMachineEvent } from './clone-events.ts';
import { isNewSighting, machineOf, sight, type Sightings } from './clones.ts';
import type { NewEvent } from '../event.ts';
import type { JsonObject } from '../json.ts';

/** The machines that were seen under names before; null where none was. */
type KnownMachines = ReadonlyMap<string, { readonly machines: Sightings | null }>;

/** The machines under the names of devices, from the statuses of one commit. */
export class CloneSightings {
  /** Only sightings that differ from the known ones. */
  readonly changed = new Map<string, Sightings>();
  readonly events: NewEvent[] = [];
  /** Reports that show two machines. */
  signs = 0;
  private readonly known: KnownMachines;
  private readonly now: Date;

  constructor(known: KnownMachines, now: Date) {
    this.known = known;
    this.now = now;
  }

  see(device: string, status: JsonObject): void {
    const machine = machineOf(status);
    if (machine === undefined) return;
    const before = this.changed.get(device) ?? this.known.get(device)?.machines ?? undefined;
    const { sightings, returned, isNews } = sight(before, machine, this.now);
    if (isNewSighting(before, sightings)) this.changed.set(device, sightings);
    if (returned === undefined) return;
    this.signs += 1;
    if (isNews) this.events.push(clonesByMachineEvent(device, returned, sightings));
  }
}

import type { JsonObject } from '../json.ts';

// Two machines under one name: a disk was copied, or an image that holds a device's key was installed twice. Muster cannot
// know which one is meant, and judges the position of one as the other's; so it reports that there are two.

/** Identifiers of a machine and of its boot. Null if a report does not state them. */
export type Machine = { readonly boot: string | null; readonly serial: string | null };

/** Boots and serial numbers that were seen under one name, each once, the newest last. */
export type Sightings = {
  readonly boots: readonly string[];
  readonly serials: readonly string[];
  /** Last time that an event named the device as two machines; absent if none did. */
  readonly saidAt?: string;
};

/** The known machines under a name after a report. */
export type Sighting = {
  readonly sightings: Sightings;
  /**
   * The identifier that came back after another had followed it, which never happens with one machine; undefined if none
   * did.
   */
  readonly returned: 'boot' | 'serial' | undefined;
  /** An event is due now: there was none for a while. */
  readonly isNews: boolean;
};

/** Values of each kind that are remembered. Two machines that alternate need two; the others leave room for reboots. */
const maxRemembered = 8;
/** Characters of a boot id or a serial number that are compared. */
const maxText = 128;
/** Time between two events about the same device while two machines go on, in milliseconds. */
const sayAgainAfterMs = 24 * 60 * 60 * 1_000;

/** Keys of `systemInfo` that name the machine, and not its network, its software or its owner. */
const serialKeys = ['productUuid', 'productSerial'] as const;

/** The machine of a reported status; undefined if the status does not identify a machine. */
export function machineOf(status: JsonObject): Machine | undefined {
  const { systemInfo } = status;
  if (typeof systemInfo !== 'object' || systemInfo === null || Array.isArray(systemInfo)) return undefined;
  const serials = serialKeys.map((key) => textIn(systemInfo, key)).filter((text) => text !== null);
  const machine = { boot: textIn(systemInfo, 'bootID'), serial: serials.length === 0 ? null : serials.join(' ') };
  return machine.boot === null && machine.serial === null ? undefined : machine;
}

function textIn(info: JsonObject, key: string): string | null {
  const value = info[key];
  return typeof value === 'string' && value !== '' ? value.slice(0, maxText) : null;
}

/**
 * Decides from one report if two machines use one name. Boot ids never come back, and a serial number changes when hardware
 * is replaced; so a change alone proves nothing, but a value that comes back after another one does: A, then B, then A.
 *
 * @param known undefined before the first report that identifies a machine
 */
export function sight(known: Sightings | undefined, machine: Machine, now: Date): Sighting {
  const before = known ?? { boots: [], serials: [] };
  const boots = remember(before.boots, machine.boot);
  const serials = remember(before.serials, machine.serial);
  const returned = serials.hasReturned ? 'serial' : boots.hasReturned ? 'boot' : undefined;
  const isNews = returned !== undefined && isDue(before.saidAt, now);
  const saidAt = isNews ? now.toISOString() : before.saidAt;
  return {
    sightings: { boots: boots.values, serials: serials.values, ...(saidAt !== undefined && { saidAt }) },
    returned,
    isNews,
  };
}

function isDue(saidAt: string | undefined, now: Date): boolean {
  return saidAt === undefined || Math.abs(now.getTime() - Date.parse(saidAt)) >= sayAgainAfterMs;
}

function remember(
  known: readonly string[],
  value: string | null,
): { readonly values: readonly string[]; readonly hasReturned: boolean } {
  if (value === null || value === known.at(-1)) return { values: known, hasReturned: false };
  const others = known.filter((other) => other !== value);
  return { values: [...others, value].slice(-maxRemembered), hasReturned: others.length < known.length };
}

/** True if a report changed the sightings, so that they must be stored. */
export function isNewSighting(known: Sightings | undefined, { boots, serials, saidAt }: Sightings): boolean {
  return known?.boots !== boots || known.serials !== serials || known.saidAt !== saidAt;
}

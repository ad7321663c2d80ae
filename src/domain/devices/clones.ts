import type { JsonObject } from '../json.ts';

// Two machines under one name: a disk was copied, or an image with a device's key in it was installed twice. Muster cannot say
// which of them is meant, and what one applies is judged as the position of the other; so it says that there are two.

/** Identifiers of a machine and of its boot. Null where a report does not state them. */
export type Machine = { readonly boot: string | null; readonly serial: string | null };

/** Boots and serial numbers that were seen under one name, each once, the newest last. */
export type Sightings = {
  readonly boots: readonly string[];
  readonly serials: readonly string[];
  /** Last time that it was said of the device that it is two machines; absent where it never was. */
  readonly saidAt?: string;
};

/** The known machines under a name after a report. */
export type Sighting = {
  readonly sightings: Sightings;
  /** The identifier that came back after another one had followed it, which never happens to one machine; undefined where none did. */
  readonly returned: 'boot' | 'serial' | undefined;
  /** It is to be said now: it has not been for a while. */
  readonly isNews: boolean;
};

/** Values of each kind that are remembered. Two machines that alternate need two; the rest are reboots in between. */
const maxRemembered = 8;
/** Characters of a boot id or a serial number that count. */
const maxText = 128;
/** While two machines go on under one name, it is said again after this long, in milliseconds. */
const sayAgainAfterMs = 24 * 60 * 60 * 1_000;

/** Keys of `systemInfo` that name the machine, and not its network, its software or its owner. */
const serialKeys = ['productUuid', 'productSerial'] as const;

/** The machine that a reported status is of; undefined where it says nothing that tells machines apart. */
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
 * Decides from one report whether two machines speak under one name. Boots follow each other and none comes back, and a
 * serial number changes when hardware is replaced; so a change says nothing, but what comes back after another one does:
 * A, then B, then A.
 *
 * @param known undefined before the first report that tells
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

/** Tells whether a report changed what is known, so that it has to be kept. */
export function isNewSighting(known: Sightings | undefined, { boots, serials, saidAt }: Sightings): boolean {
  return known?.boots !== boots || known.serials !== serials || known.saidAt !== saidAt;
}

import { decide, type JudgedState } from './report.ts';
import { gateOf, type Gate } from './gate.ts';
import { nothingRun, type DevicePosition } from './position.ts';

/** A device as a backup or the live database has it. */
export type ForecastDevice = {
  readonly name: string;
  readonly owner: string | null;
  readonly state: JudgedState;
};

/** The outcomes that a restore can have for a device. */
export const forecastOutcomes = ['inSync', 'behind', 'paused', 'mayPause', 'unknown', 'gone', 'notMustered'] as const;
export type ForecastOutcome = (typeof forecastOutcomes)[number];

/** Words of an outcome, for people: `may pause` of `mayPause`. */
export function wordsOf(outcome: ForecastOutcome): string {
  return outcome.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** Number of devices with each outcome. */
export type ForecastCounts = Record<ForecastOutcome, number>;

export type Forecast = { readonly total: ForecastCounts; readonly byOwner: ReadonlyMap<string, ForecastCounts> };

/** Stands for a restore that would be declared now: no device has answered it. */
const nextRestore = 'next';

/**
 * Forecasts one device that is in the backup and in the live database, by the function that decides real reports. A device
 * may have received what the live server rendered and not have reported it yet: both positions are tried.
 *
 * @param liveRestore the current restore of the live database
 */
function forecastDevice(backup: JudgedState, live: JudgedState, liveRestore: string): ForecastOutcome {
  if (!backup.mustered) return 'notMustered';
  const gates = new Set<Gate>();
  for (const position of possiblePositions(live, liveRestore)) {
    gates.add(decide(backup, position, nextRestore, new Date(0)).gate);
  }
  if (gates.size > 1) return 'mayPause';
  if (gates.has('ConflictPaused')) return 'paused';
  const { verdict } = decide(backup, live.reported ?? nothingRun, nextRestore, new Date(0)).judgement;
  return verdict === 'InSync' ? 'inSync' : 'behind';
}

/** Lists the positions that a device can be at: the one that it reported, and the one that it can have received since. */
function possiblePositions(live: JudgedState, liveRestore: string): DevicePosition[] {
  const reported = live.reported ?? nothingRun;
  const { timeline, version, specHash } = live.server;
  if (version <= reported.version || gateOf(live, liveRestore) !== 'Open') return [reported];
  const stated = { timeline, version, specHash };
  const bare = { timeline: null, version, specHash: null };
  // A device that has reported goes on as it did; one that never has may be of either kind.
  if (live.reported === null) return [reported, stated, bare];
  return [reported, live.reported.timeline === null ? bare : stated];
}

export type DeviceForecast = {
  readonly name: string;
  readonly owner: string | null;
  readonly outcome: ForecastOutcome;
};

/**
 * Merges two streams of devices, each in byte order of the names, and counts the outcomes. It keeps one device of each.
 *
 * @param onDevice is told each device
 * @throws Error if a stream is not in its order
 */
export async function forecast(
  { backup, live, liveRestore }: ForecastInputs,
  onDevice?: (device: DeviceForecast) => void,
): Promise<Forecast> {
  const total = noDevices();
  const byOwner = new Map<string, ForecastCounts>();
  for await (const [old, now] of pairs(backup, live)) {
    const device = forecastPair(old, now, liveRestore);
    if (device === undefined) continue;
    onDevice?.(device);
    const owner = device.owner ?? '';
    const counts = byOwner.get(owner) ?? noDevices();
    byOwner.set(owner, counts);
    counts[device.outcome] += 1;
    total[device.outcome] += 1;
  }
  return { total, byOwner };
}

type ForecastInputs = {
  readonly backup: AsyncIterable<ForecastDevice>;
  readonly live: AsyncIterable<ForecastDevice>;
  /** The current restore of the live database. */
  readonly liveRestore: string;
};

function forecastPair(
  old: ForecastDevice | undefined,
  now: ForecastDevice | undefined,
  liveRestore: string,
): DeviceForecast | undefined {
  if (old === undefined) return now && { name: now.name, owner: now.owner, outcome: 'unknown' };
  const outcome = now === undefined ? 'gone' : forecastDevice(old.state, now.state, liveRestore);
  return { name: old.name, owner: old.owner, outcome };
}

async function* pairs(
  left: AsyncIterable<ForecastDevice>,
  right: AsyncIterable<ForecastDevice>,
): AsyncGenerator<[ForecastDevice | undefined, ForecastDevice | undefined]> {
  const lefts = inOrder(left);
  const rights = inOrder(right);
  try {
    let a = await next(lefts);
    let b = await next(rights);
    while (a !== undefined || b !== undefined) {
      const order = a === undefined ? 1 : b === undefined ? -1 : byteOrder(a.name, b.name);
      yield [order <= 0 ? a : undefined, order >= 0 ? b : undefined];
      if (order <= 0) a = await next(lefts);
      if (order >= 0) b = await next(rights);
    }
  } finally {
    await lefts.return(undefined);
    await rights.return(undefined);
  }
}

async function* inOrder(devices: AsyncIterable<ForecastDevice>): AsyncGenerator<ForecastDevice, undefined> {
  let before: string | undefined;
  for await (const device of devices) {
    if (before !== undefined && byteOrder(before, device.name) >= 0)
      throw new Error(`${device.name} is not in its order: expected it behind ${before}`);
    before = device.name;
    yield device;
  }
  return undefined;
}

async function next(devices: AsyncGenerator<ForecastDevice, undefined>): Promise<ForecastDevice | undefined> {
  return (await devices.next()).value;
}

/** Compares the names of devices, which are ASCII: code units are bytes. */
function byteOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function noDevices(): ForecastCounts {
  return { inSync: 0, behind: 0, paused: 0, mayPause: 0, unknown: 0, gone: 0, notMustered: 0 };
}

/** Devices that a person may have to decide about. */
export function conflictsOf({ paused, mayPause }: ForecastCounts): number {
  return paused + mayPause;
}

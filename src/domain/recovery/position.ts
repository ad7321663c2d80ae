import { badRequest } from '../errors.ts';
import { quoted } from '../quoted.ts';

/** The position that a device reports. Unknown parts are null: an unmodified Flight Control agent only sends a number. */
export type DevicePosition = {
  readonly timeline: string | null;
  readonly version: number;
  readonly specHash: string | null;
};

/** Position of a device that was never given a spec. */
export const nothingRun: DevicePosition = { timeline: null, version: 0, specHash: null };

/** Timelines that a position descends from, each with the version at which it was left. */
export type Lineage = Readonly<Record<string, number>>;

/** The server's position of a device: the last rendered version, and the timelines that it descends from. */
export type ServerPosition = {
  readonly timeline: string;
  /** 0 before the first render. */
  readonly version: number;
  /** Null while the spec of this version is not known (nothing is rendered yet, or the position was just grafted). */
  readonly specHash: string | null;
  readonly lineage: Lineage;
};

/** True if two positions are the same, so that the second adds nothing to the first. */
export function isSamePosition(a: DevicePosition, b: DevicePosition): boolean {
  return a.version === b.version && a.timeline === b.timeline && a.specHash === b.specHash;
}

/**
 * The highest version that a device may claim without a known history. A claim decides the next version to render, so a
 * claim near the largest exact integer of a double would leave no room for further versions; the rest up to 2^53 is that
 * room.
 */
export const maxClaimedVersion = 1_000_000_000_000_000;

/** Most renders above such a claim that a lost server may have made. */
const maxLostRenders = 1_000_000_000_000;

/**
 * The highest version that a device may state. It can always state a version that it was given: one that this server
 * rendered for it, one that it stated before and, while it is awaited after a restore, one that the lost server may have
 * rendered.
 */
export function highestStatable({
  server,
  reported,
  awaited,
}: {
  server: ServerPosition;
  reported: DevicePosition | null;
  awaited: boolean;
}): number {
  return Math.max(maxClaimedVersion + (awaited ? maxLostRenders : 0), server.version, reported?.version ?? 0);
}

/**
 * Reads a rendered version from the wire. {@link highestStatable} bounds the versions that a device may state.
 *
 * @returns 0 for null, undefined and the empty string: a device that has never been given a spec
 * @throws MusterError 400 for anything but a non-negative integer in plain digits, below 2^53
 */
export function parseRenderedVersion(text: string | null | undefined, where: string): number {
  if (text === null || text === undefined || text === '') return 0;
  if (!/^\d{1,20}$/.test(text)) {
    throw badRequest(`${where}: expected a non-negative integer in decimal digits, found ${quoted(text, 40)}`);
  }
  const version = Number(text);
  if (!Number.isSafeInteger(version)) {
    throw badRequest(`${where}: expected a number below 2^53, found ${quoted(text, 40)}`);
  }
  return version;
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Reads a timeline id from the wire; null if there is none. @throws MusterError 400 if it is not a UUID */
export function parseTimeline(text: string | null | undefined, where: string): string | null {
  if (text === null || text === undefined || text === '') return null;
  if (!uuidPattern.test(text)) throw badRequest(`${where}: expected a UUID, found ${quoted(text, 40)}`);
  return text.toLowerCase();
}

/** Reads a spec hash from the wire; null if there is none. @throws MusterError 400 if it is not a SHA-256 in hex */
export function parseSpecHash(text: string | null | undefined, where: string): string | null {
  if (text === null || text === undefined || text === '') return null;
  if (!/^[0-9a-f]{64}$/i.test(text)) {
    throw badRequest(`${where}: expected a SHA-256 in 64 hexadecimal digits, found ${quoted(text, 40)}`);
  }
  return text.toLowerCase();
}

/** The texts that state a position on the wire, or the names of their places. */
type PositionTexts<Text> = { readonly version: Text; readonly timeline: Text; readonly specHash: Text };

/** Reads a position from the wire. @throws MusterError 400 naming the place of the first text that cannot be read */
export function parsePosition(
  said: PositionTexts<string | null | undefined>,
  where: PositionTexts<string>,
): DevicePosition {
  return {
    version: parseRenderedVersion(said.version, where.version),
    timeline: parseTimeline(said.timeline, where.timeline),
    specHash: parseSpecHash(said.specHash, where.specHash),
  };
}

/** The version at which the server's history left a timeline; undefined if it was never on it. */
export function leftAt(server: ServerPosition, timeline: string): number | undefined {
  return timeline === server.timeline ? server.version : server.lineage[timeline];
}

function withAncestor(lineage: Lineage, timeline: string, version: number): Lineage {
  return { ...lineage, [timeline]: Math.max(version, lineage[timeline] ?? 0) };
}

/** Moves a server position onto the current timeline; the timeline that it leaves, if another, becomes an ancestor. */
function enterTimeline(server: ServerPosition, current: string): ServerPosition {
  if (server.timeline === current) return server;
  return { ...server, timeline: current, lineage: withAncestor(server.lineage, server.timeline, server.version) };
}

/**
 * The position after the next render: on the current timeline, above every version that the server rendered or the device
 * ever claimed, so that no device ignores it as old (design.md, section 4).
 */
export function renderedPosition(
  server: ServerPosition,
  highestClaimed: number,
  current: string,
  specHash: string,
): ServerPosition {
  return { ...enterTimeline(server, current), version: Math.max(server.version, highestClaimed) + 1, specHash };
}

/**
 * Joins a device's position to the server's history, which is the whole meaning of resuming and adopting: "where that
 * device is counts as an ancestor of what we will send it". The version rises to at least the device's, and the hash is
 * unknown until the next render. This is the model: the service grafts many devices at once in SQL (db/gate-sql.ts), and a
 * test holds that SQL to this function.
 */
export function graft(server: ServerPosition, device: DevicePosition, current: string): ServerPosition {
  const entered = enterTimeline(server, current);
  // A device that states no timeline was judged by its number on the server's timeline.
  const timeline = device.timeline ?? server.timeline;
  return {
    timeline: current,
    version: Math.max(server.version, device.version),
    specHash: null,
    lineage: timeline === current ? entered.lineage : withAncestor(entered.lineage, timeline, device.version),
  };
}

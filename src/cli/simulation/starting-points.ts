import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../domain/json.ts';
import type { DevicePosition } from '../../domain/recovery/position.ts';
import { specHash } from '../../domain/rendering/spec-hash.ts';
import { fresh, type StartingPoint } from '../../simulator/starting-point.ts';
import type { ApiClient } from '../../client/api-client.ts';
import { standingsOfDevices } from '../../client/device-standings.ts';
import type { Departure } from './shares.ts';

/** Versions by which a device that is ahead is ahead. */
const versionsAhead = 2;

/** Reads where the server believes devices to be whose names contain a text. */
export async function serverPositions(api: ApiClient, nameContains: string): Promise<Map<string, DevicePosition>> {
  const positions = new Map<string, DevicePosition>();
  for await (const page of standingsOfDevices(api, { fieldSelector: `metadata.name contains ${nameContains}` })) {
    for (const { name, position } of page) positions.set(name, position);
  }
  return positions;
}

/** Chooses where a device begins, given where the server believes it to be (undefined for a device that it does not know). */
export function startingPoint(server: DevicePosition | undefined, departure: Departure | undefined): StartingPoint {
  const position = server ?? fresh.position;
  switch (departure) {
    case undefined:
      return { position, spec: {} };
    case 'ahead': {
      const spec = specOfLostVersion(departure);
      return { position: { ...position, version: position.version + versionsAhead, specHash: specHash(spec) }, spec };
    }
    case 'behind':
      return { position: { ...position, version: Math.max(0, position.version - 1), specHash: null }, spec: {} };
    case 'diverged': {
      const spec = specOfLostVersion(departure);
      const version = Math.max(1, position.version);
      return { position: { version, timeline: randomUUID(), specHash: specHash(spec) }, spec };
    }
    default:
      return departure satisfies never;
  }
}

/** Position of a device that the server has never heard of. */
function specOfLostVersion(departure: Departure): JsonObject {
  return { os: { image: `quay.io/acme/simulated-os:${departure}` } };
}

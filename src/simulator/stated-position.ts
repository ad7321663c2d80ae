import type { DevicePosition } from '../domain/recovery/position.ts';

/** The parts of its position that a device states. A Flight Control agent states the version alone. */
export type StatedParts = 'all' | 'version and hash' | 'version';

/** A position as a device states it. */
export function statedPosition({ version, timeline, specHash }: DevicePosition, parts: StatedParts): DevicePosition {
  return {
    version,
    timeline: parts === 'all' ? timeline : null,
    specHash: parts === 'version' ? null : specHash,
  };
}

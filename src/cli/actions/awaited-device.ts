import { saysNothing } from '../../domain/rendering/absence.ts';
import { annotationKeys } from '../../domain/devices/device-document.ts';
import type { Device } from '../../domain/resources/device.ts';

/** A device that is waited for: how it stands, and what is wrong with it where something is. */
export type RunningState = {
  readonly kind: 'upToDate' | 'updating' | 'paused' | 'nothingToSend' | 'unfilled' | 'unrendered' | 'failed';
  readonly why: string;
};

/** The standing of a device by its document. */
export function standingOf({ metadata, spec, status }: Device): RunningState {
  const why = status?.updated.info ?? '';
  if (status?.summary.status === 'ConflictPaused') return { kind: 'paused', why };
  if (saysNothing(spec ?? {})) return { kind: 'nothingToSend', why: 'no spec is here' };
  if (metadata.annotations?.[annotationKeys.lastRolloutError] !== undefined) return { kind: 'unfilled', why };
  const conditionOf = (type: string) => status?.conditions.find((condition) => condition.type === type);
  if (conditionOf('SpecValid')?.status === 'False') return { kind: 'unrendered', why };
  if (status?.updated.status === 'UpToDate') return { kind: 'upToDate', why };
  const updating = conditionOf('Updating');
  const hasFailed = updating?.status === 'False' && updating.reason === 'Error';
  return { kind: hasFailed && hasReceivedNewest(metadata) ? 'failed' : 'updating', why };
}

/** A device that has not received the newest version says of an older one that it failed. */
function hasReceivedNewest({ annotations = {} }: Device['metadata']): boolean {
  const version = (key: string) => Number(annotations[key] ?? 0);
  return version(annotationKeys.receivedVersion) >= version(annotationKeys.renderedVersion);
}

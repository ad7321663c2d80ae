import { badRequest } from '../domain/errors.ts';
import { parsePosition, parseRenderedVersion, type DevicePosition } from '../domain/recovery/position.ts';
import { deviceFrameSchema, type DeviceFrame, type MusterFrame } from '../domain/resources/websocket-frames.ts';
import { limits } from '../domain/resources/limits.ts';
import { assertStatusSize } from '../domain/devices/status-size.ts';
import { assertStorable, storableObject } from '../domain/resources/storable.ts';
import { describeProblems } from '../domain/resources/zod-problem.ts';
import type { Report } from '../usecases/steps/report-batch.ts';

/** Largest frame from a device, in bytes: a whole status with a whole spec. */
export const maxFrameBytes = 2 * 1024 * 1024;

/** Its position is null where the frame says nothing of it. */
export type ReceivedReport = { readonly id: number | undefined; readonly report: Report };

/** A frame that could not be read, with its id if the id could be read. */
export class FrameProblem extends Error {
  override readonly name = 'FrameProblem';
  readonly id: number | undefined;
  constructor(id: number | undefined, cause: unknown) {
    super('frame refused', { cause });
    this.id = id;
  }
}

/** Reads one text frame. @throws FrameProblem whose cause is a MusterError 400 or 413 that says what was expected */
export function readFrame(device: string, text: string): ReceivedReport {
  let id: number | undefined;
  try {
    const json = parseJson(text);
    id = idOf(json);
    assertStorable(json);
    const parsed = deviceFrameSchema.safeParse(json);
    if (!parsed.success) throw badRequest(describeProblems(parsed.error, 'frame'));
    const { status, spec } = parsed.data;
    // A frame may be longer than a status, for it may hold a spec as well.
    if (status !== undefined && text.length > limits.statusBytes / 4) assertStatusSize(status);
    const documents = {
      ...(status === undefined ? {} : { status: storableObject(status) }),
      ...(spec === undefined ? {} : { spec: storableObject(spec) }),
    };
    return { id, report: { device, ...positionIn(parsed.data), ...documents } };
  } catch (error) {
    throw new FrameProblem(id, error);
  }
}

const frameNames = { version: 'renderedVersion', timeline: 'timeline', specHash: 'specHash' } as const;

/** The position that a frame states, and the version applied: as its status says, else that of the position. */
function positionIn({ renderedVersion, timeline, specHash, status }: DeviceFrame): {
  position: DevicePosition | null;
  applied: number | null;
} {
  const inStatus = status?.config?.renderedVersion;
  const version = renderedVersion ?? inStatus;
  if ((version ?? timeline ?? specHash ?? undefined) === undefined) return { position: null, applied: null };
  const position = parsePosition({ version, timeline, specHash }, frameNames);
  if (inStatus === undefined) return { position, applied: typeof version === 'string' ? position.version : null };
  const applied = parseRenderedVersion(inStatus, 'status.config.renderedVersion');
  // Judged is the higher of what was received and what was applied.
  const isHigher = applied > position.version;
  return { position: isHigher ? { ...position, version: applied, specHash: null } : position, applied };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest('frame: expected one JSON object in a text frame');
  }
}

function idOf(json: unknown): number | undefined {
  const id: unknown = typeof json === 'object' && json !== null && 'id' in json ? json.id : undefined;
  return typeof id === 'number' && Number.isSafeInteger(id) ? id : undefined;
}

/** A frame to a device, as text. */
export function frameText(frame: Exclude<MusterFrame, { type: 'rendered' }>): string {
  return JSON.stringify(frame);
}

/** The frame that carries a spec to apply, around the document's own text. */
export function renderedFrameText(documentText: string): string {
  return `{"type":"rendered","device":${documentText}}`;
}

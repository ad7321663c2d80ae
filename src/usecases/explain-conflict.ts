import type { Database } from '../db/client.ts';
import { findRunningSpec } from '../db/device-documents.ts';
import { findDevice } from '../db/device-store.ts';
import { findRenderInput } from '../db/render-store.ts';
import { notFound } from '../domain/errors.ts';
import { partedAt } from '../domain/recovery/parting.ts';
import type { DevicePosition } from '../domain/recovery/position.ts';
import type { DeviceConflict } from '../domain/resources/device-conflict.ts';
import type { MaskedKeys } from '../domain/secrets/masked-keys.ts';
import type { Position } from '../domain/resources/position.ts';
import { readableSpec } from '../domain/rendering/readable-spec.ts';
import { renderInput } from '../domain/rendering/render-input.ts';
import { specDifference } from '../domain/rendering/spec-difference.ts';
import { removalsBetween, removalText } from '../domain/rendering/spec-removals.ts';
import { problemText, type SpecRenderer } from '../domain/rendering/spec-renderer.ts';

type Deps = { readonly database: Database; readonly renderer: SpecRenderer; readonly isMasked: MaskedKeys };

/**
 * Why a device is paused, and what resuming it would change: from what it runs to what it would be sent, with the
 * secrets in both masked.
 *
 * @throws MusterError 404 if there is no such device, or it has no conflict
 */
export async function explainConflict({ database, renderer, isMasked }: Deps, name: string): Promise<DeviceConflict> {
  const device = await findDevice(database.pool, name);
  if (device === undefined) throw notFound(`there is no device ${name}`);
  const { server, reported, conflict } = device.state;
  if (conflict === null) throw notFound(`device ${name} has no conflict`);
  const parting = reported && partedAt(server, reported);
  return {
    apiVersion: 'muster/v1',
    kind: 'DeviceConflict',
    metadata: { name },
    verdict: conflict.verdict,
    info: conflict.info,
    since: conflict.since.toISOString(),
    server: shown(server),
    reported: reported && shown(reported),
    partedAt: parting && { timeline: parting.timeline, renderedVersion: String(parting.version) },
    ...(await effectOfResume({ database, renderer, isMasked }, name)),
  };
}

function shown({ timeline, version, specHash }: DevicePosition): Position {
  return { timeline, renderedVersion: String(version), specHash };
}

type Effect = Pick<DeviceConflict, 'nothingToSend' | 'specProblem' | 'difference'>;

async function effectOfResume({ database, renderer, isMasked }: Deps, name: string): Promise<Effect> {
  const [running, input] = await Promise.all([
    findRunningSpec(database.pool, name),
    findRenderInput(database.pool, name),
  ]);
  const outcome = input === undefined ? 'nothing' : await renderInput(renderer, input);
  if (outcome === 'nothing') return { nothingToSend: true, specProblem: null, difference: null };
  if (!outcome.ok) return { nothingToSend: false, specProblem: problemText(outcome.problems), difference: null };
  if (running === undefined) return { nothingToSend: false, specProblem: null, difference: null };
  const { patch, text } = specDifference(readableSpec(running), readableSpec(outcome.spec), isMasked);
  const removes = removalsBetween(running, outcome.spec).map(removalText);
  return { nothingToSend: false, specProblem: null, difference: { patch: [...patch], text, removes } };
}

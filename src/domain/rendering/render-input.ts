import { saysNothing } from './absence.ts';
import type { JsonObject } from '../json.ts';
import type { RenderOutcome, SpecRenderer } from './spec-renderer.ts';

/** Everything that a device's spec is rendered from. */
export type RenderInput = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The OS mode that the device reported; null if it reported none. */
  readonly osMode: string | null;
  /** The spec in force for the device. */
  readonly source: JsonObject;
  /** The source was adopted from the device: the device runs it already, and it is sent unchanged. */
  readonly literal: boolean;
};

/** A rendered spec or the reasons why there is none; `nothing` if the spec says nothing, so that nothing is sent. */
export type InputOutcome = RenderOutcome | 'nothing';

export async function renderInput(renderer: SpecRenderer, input: RenderInput): Promise<InputOutcome> {
  const { source, literal, name, labels, osMode } = input;
  if (saysNothing(source)) return 'nothing';
  if (literal) return { ok: true, spec: source };
  const outcome = await renderer.render(source, { name, labels, osMode: osMode ?? undefined });
  if (outcome.ok && saysNothing(outcome.spec)) return { ok: false, problems: [{ message: emptied }] };
  return outcome;
}

const emptied = 'the renderer returned an empty spec, which would remove everything from the device and is not sent';

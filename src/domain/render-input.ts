import type { JsonObject } from './json.ts';
import type { RenderOutcome, SpecRenderer } from './spec-renderer.ts';

/** All that a device's spec is rendered from. */
export type RenderInput = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The fleet's template where that counts, else the device's own spec; with the order to decommission, if there is one. */
  readonly source: JsonObject;
  /** The source was adopted from the device: rendered already, so what looks like a template in it is none. */
  readonly literal: boolean;
};

export async function renderInput(renderer: SpecRenderer, input: RenderInput): Promise<RenderOutcome> {
  if (input.literal) return { ok: true, spec: input.source };
  return await renderer.render(input.source, { name: input.name, labels: input.labels });
}

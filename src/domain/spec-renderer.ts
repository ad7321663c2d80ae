import type { JsonObject } from './json.ts';

/** Why a spec could not be rendered, with the place in it. */
export type RenderProblem = { readonly message: string };

export type RenderOutcome =
  | { readonly ok: true; readonly spec: JsonObject }
  | { readonly ok: false; readonly problems: readonly RenderProblem[] };

/**
 * Turns a device's spec, or its fleet's template, into what the device is sent. The one seam for another renderer (one
 * that fetches from Git, say). Must depend on its arguments alone; may take its time, since no lock is held meanwhile.
 */
export type SpecRenderer = {
  render(
    spec: JsonObject,
    device: { name: string; labels: Readonly<Record<string, string>> },
  ): RenderOutcome | Promise<RenderOutcome>;
};

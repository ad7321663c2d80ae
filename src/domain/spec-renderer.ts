import type { JsonObject } from './json.ts';

/** Why a spec could not be rendered, with the place in it. */
export type RenderProblem = { readonly message: string };

export type RenderOutcome =
  | { readonly ok: true; readonly spec: JsonObject }
  | { readonly ok: false; readonly problems: readonly RenderProblem[] };

const toldProblems = 5;

/** The first problems in one text, and how many more there are. */
export function problemText(problems: readonly RenderProblem[]): string {
  const told = problems.slice(0, toldProblems).map(({ message }) => message);
  const more = problems.length - told.length;
  return [...told, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

/**
 * Turns the spec in force for a device into the form that the device is sent. The one seam for another renderer (one
 * that fetches from Git, say). Must depend on its arguments alone; may take its time, since no lock is held meanwhile.
 */
export type SpecRenderer = {
  render(
    spec: JsonObject,
    device: { name: string; labels: Readonly<Record<string, string>> },
  ): RenderOutcome | Promise<RenderOutcome>;
};

/** Sends specs as they are written. */
export const asWritten: SpecRenderer = { render: (spec) => ({ ok: true, spec }) };

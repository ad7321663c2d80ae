import type { JsonObject } from '../json.ts';

/** The reason why a spec could not be rendered, with the place in it. */
type RenderProblem = { readonly message: string };

export type RenderOutcome =
  | { readonly ok: true; readonly spec: JsonObject }
  | {
      readonly ok: false;
      readonly problems: readonly RenderProblem[];
      /**
       * The reason may pass (for example, a server that does not answer): the device shows it, and rendering is tried
       * again.
       */
      readonly mayPass?: boolean;
    };

/** Facts for a renderer about the device that a spec is rendered for. */
export type RenderedDevice = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Its OS mode, `image` or `package`, where it has reported it. */
  readonly osMode?: string | undefined;
};

const toldProblems = 5;

/** The first problems in one text, and the number of further ones. */
export function problemText(problems: readonly RenderProblem[]): string {
  const told = problems.slice(0, toldProblems).map(({ message }) => message);
  const more = problems.length - told.length;
  return [...told, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

/**
 * Turns the spec in force for a device into the form that the device is sent. Must depend only on its arguments and on what
 * they refer to. May take long, because no lock is held meanwhile.
 */
export type SpecRenderer = {
  render(spec: JsonObject, device: RenderedDevice): RenderOutcome | Promise<RenderOutcome>;
};

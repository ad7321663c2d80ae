import type { JsonObject, JsonValue } from '../json.ts';
import { maskSecrets } from '../secrets/masked-document.ts';
import type { MaskedKeys } from '../secrets/masked-keys.ts';
import type { SpecPath } from './map-templates.ts';
import type { TemplateError } from './template-error.ts';
import { quoted, shortened } from '../quoted.ts';

/** The reason why one string of a spec (or the whole spec) cannot be filled in. */
export type TemplateProblem = {
  /** The path from the spec to the string. */
  readonly steps: SpecPath;
  /** The same path in writing, such as `spec.config[0].inline[0].content`. */
  readonly path: string;
  /** Line in that string, counted from 1 as the column is; undefined if the problem has no single place in a string. */
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** The problem without its place. */
  readonly reason: string;
  /** The problem and its place, in one sentence. */
  readonly message: string;
};

/** Most problems in a list; a longer one ends with a problem that says so. */
const maxProblems = 100;
const maxPathLength = 500;

/** The reason shown in place of one that would quote a text with a secret. */
const unquotedReason =
  'the template cannot be filled in: the error is not quoted, because there is a secret at this place';

/** The problems found in one spec, about a hundred at most. None quotes a secret of the spec. */
export class TemplateProblems {
  readonly list: TemplateProblem[] = [];
  readonly #spec: JsonObject;
  readonly #isMasked: MaskedKeys;
  /** Made on first use, because hardly any spec has problems. */
  #masked: JsonObject | undefined;

  constructor(spec: JsonObject, isMasked: MaskedKeys) {
    this.#spec = spec;
    this.#isMasked = isMasked;
  }

  /** True if there are too many problems to look for more. */
  get full(): boolean {
    return this.list.length > maxProblems;
  }

  /** @param path is copied, so the caller may change it afterwards */
  add(path: SpecPath, problem: TemplateError | string): void {
    if (this.list.length === maxProblems) {
      this.#note([], `there are more than ${maxProblems} problems: the rest of the spec was not looked at`);
      return;
    }
    const reason = typeof problem === 'string' ? problem : problem.reason;
    const position = typeof problem === 'string' ? undefined : problem;
    this.#note([...path], this.#besideSecret(path) ? unquotedReason : reason, position);
  }

  #note(steps: SpecPath, reason: string, position?: Pick<TemplateError, 'line' | 'column'>): void {
    const path = pathText(steps);
    const place = position === undefined ? path : `${path}, line ${position.line}, column ${position.column}`;
    const { line, column } = position ?? {};
    this.list.push({ steps, path, line, column, reason, message: `${reason} (${place})` });
  }

  /** True if the text at a path is a secret or holds one, or is nested too deep to be looked at. */
  #besideSecret(path: SpecPath): boolean {
    this.#masked ??= maskSecrets(this.#spec, this.#isMasked);
    return valueAt(this.#masked, path) !== valueAt(this.#spec, path);
  }
}

function valueAt(spec: JsonObject, path: SpecPath): JsonValue | undefined {
  let value: JsonValue | undefined = spec;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    const members: ReadonlyMap<string, JsonValue> = new Map(Object.entries(value));
    value = members.get(String(step));
  }
  return value;
}

function pathText(path: SpecPath): string {
  const text = path.map((step) => {
    if (typeof step === 'number') return `[${step}]`;
    return /^[A-Za-z_][A-Za-z0-9_-]{0,119}$/.test(step) ? `.${step}` : `[${quoted(step)}]`;
  });
  return shortened(`spec${text.join('')}`, maxPathLength);
}

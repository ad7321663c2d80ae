import { maxJsonDepth } from '../json.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { maskSecrets } from '../secrets/masked-document.ts';
import { maskedKeys, type MaskedKeys } from '../secrets/masked-keys.ts';
import { evaluateTemplate } from './evaluate-template.ts';
import { defaultMaxOutputBytes, OutputBudget } from './output-budget.ts';
import type { TemplateDevice } from './scope.ts';
import { quoted, TemplateError } from './template-error.ts';
import { TemplateCache } from './template-cache.ts';

/** Why one string of a spec (or the spec) cannot be rendered for a device. */
export type TemplateProblem = {
  /** Where in the spec, such as `spec.config[0].inline[0].content`. */
  readonly path: string;
  /** Line and column in that string, counted from 1; undefined if the problem is not in a string. */
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** What is wrong, without where. */
  readonly reason: string;
  /** What is wrong and where, in one sentence. */
  readonly message: string;
};

export type RenderOutcome =
  | { readonly ok: true; readonly spec: JsonObject }
  | { readonly ok: false; readonly problems: TemplateProblem[] };

export type TemplateRendererOptions = {
  /** How many compiled templates are kept, at least 2. Default 1,000. */
  readonly maxCachedTemplates?: number;
  /** How many bytes of text the templates of one spec may make. Default 1 MiB. */
  readonly maxOutputBytes?: number;
  /** Which keys name secrets: what is wrong beside one is not quoted. By default the usual ones. */
  readonly isMasked?: MaskedKeys;
};

/** A SpecRenderer (spec-renderer.ts) that never throws: whatever is wrong, a bound exceeded included, is a problem. */
export type TemplateRenderer = {
  /**
   * Renders every string of a spec, at any depth, for a device; keys are left as they are. What holds no template is
   * shared with the given spec, not copied.
   */
  render(spec: JsonObject, device: TemplateDevice): RenderOutcome;
};

/** Past this many the list ends with a problem that says so. */
const maxProblems = 100;

/** Creates a renderer with its own cache of compiled templates, so that a fleet's templates are compiled once for all. */
export function createTemplateRenderer(options: TemplateRendererOptions = {}): TemplateRenderer {
  const { maxCachedTemplates = 1000, maxOutputBytes = defaultMaxOutputBytes, isMasked = maskedKeys() } = options;
  const cache = new TemplateCache(maxCachedTemplates);
  return {
    render(spec, device) {
      const budget = new OutputBudget(maxOutputBytes);
      const walk: Walk = {
        device,
        cache,
        budget,
        path: [],
        problems: [],
        besideSecrets: besideSecrets(spec, isMasked),
      };
      const rendered = renderObject(spec, walk);
      return walk.problems.length === 0 ? { ok: true, spec: rendered } : { ok: false, problems: walk.problems };
    },
  };
}

/** Renders one spec, keeping nothing compiled. See {@link TemplateRenderer}. */
export function renderSpec(spec: JsonObject, device: TemplateDevice): RenderOutcome {
  return createTemplateRenderer().render(spec, device);
}

type Walk = {
  readonly device: TemplateDevice;
  readonly cache: TemplateCache;
  readonly budget: OutputBudget;
  /** The way from the spec to the value at hand. */
  readonly path: (string | number)[];
  readonly problems: TemplateProblem[];
  /** Whether the text that a way from the spec leads to is a secret, or holds one. */
  readonly besideSecrets: (path: readonly (string | number)[]) => boolean;
};

/** Looks only when it is asked, since hardly any spec has problems; nested too deep to look, it holds secrets. */
function besideSecrets(spec: JsonObject, isMasked: MaskedKeys): Walk['besideSecrets'] {
  let masked: JsonObject | undefined;
  return (path) => {
    masked ??= maskSecrets(spec, isMasked);
    return valueAt(masked, path) !== valueAt(spec, path);
  };
}

function valueAt(spec: JsonObject, path: readonly (string | number)[]): JsonValue | undefined {
  let value: JsonValue | undefined = spec;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    const members: ReadonlyMap<string, JsonValue> = new Map(Object.entries(value));
    value = members.get(String(step));
  }
  return value;
}

function renderValue(value: JsonValue, key: string | number, walk: Walk): JsonValue {
  if (value === null || (typeof value !== 'object' && typeof value !== 'string')) return value;
  if (typeof value === 'string' && !value.includes('{{')) return value;
  if (walk.problems.length > maxProblems || walk.budget.exhausted) return value;
  walk.path.push(key);
  const rendered = typeof value === 'string' ? renderText(value, walk) : renderContainer(value, walk);
  walk.path.pop();
  return rendered;
}

function renderContainer(value: JsonValue[] | JsonObject, walk: Walk): JsonValue {
  // The path has one step for each container around this one.
  if (walk.path.length >= maxJsonDepth) {
    addProblem(walk, `the spec is nested more than ${maxJsonDepth} levels deep`);
    return value;
  }
  return Array.isArray(value) ? renderArray(value, walk) : renderObject(value, walk);
}

function renderArray(values: JsonValue[], walk: Walk): JsonValue[] {
  const rendered = values.map((value, position) => renderValue(value, position, walk));
  return rendered.every((value, position) => value === values[position]) ? values : rendered;
}

function renderObject(object: JsonObject, walk: Walk): JsonObject {
  let changed = false;
  const entries = Object.entries(object).map(([key, value]): [string, JsonValue] => {
    const rendered = renderValue(value, key, walk);
    changed ||= rendered !== value;
    return [key, rendered];
  });
  // fromEntries defines properties, where assigning to a key such as __proto__ would do something else.
  return changed ? Object.fromEntries(entries) : object;
}

function renderText(source: string, walk: Walk): string {
  const compiled = walk.cache.get(source);
  if (!compiled.ok) {
    addProblem(walk, compiled.error);
    return source;
  }
  try {
    return evaluateTemplate(compiled.template, walk.device, walk.budget);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    addProblem(walk, error);
    return source;
  }
}

function addProblem(walk: Walk, problem: TemplateError | string): void {
  if (walk.problems.length === maxProblems) {
    const reason = `there are more than ${maxProblems} problems; the rest of the spec was not looked at`;
    walk.problems.push({ path: 'spec', line: undefined, column: undefined, reason, message: `${reason} (spec)` });
    return;
  }
  const path = pathText(walk.path);
  if (typeof problem === 'string') {
    walk.problems.push({ path, line: undefined, column: undefined, reason: problem, message: `${problem} (${path})` });
    return;
  }
  const { line, column } = problem;
  const reason = walk.besideSecrets(walk.path) ? unquotedReason : problem.reason;
  const message = `${reason} (${path}, line ${line}, column ${column})`;
  walk.problems.push({ path, line, column, reason, message });
}

/** Said where a problem quotes a text that holds a secret. */
const unquotedReason = 'the template cannot be filled in; what is wrong is not quoted, since a secret stands there';

const maxPathLength = 500;

function pathText(path: readonly (string | number)[]): string {
  const text = path.map((step) => {
    if (typeof step === 'number') return `[${step}]`;
    return /^[A-Za-z_][A-Za-z0-9_-]{0,119}$/.test(step) ? `.${step}` : `[${quoted(step)}]`;
  });
  const whole = `spec${text.join('')}`;
  return whole.length > maxPathLength ? `${whole.slice(0, maxPathLength)}…` : whole;
}

import type { JsonObject } from '../json.ts';
import { maskedKeys, type MaskedKeys } from '../secrets/masked-keys.ts';
import { evaluateTemplate, TrialBudget, tryTemplate } from './evaluate-template.ts';
import { mapTemplates, type TemplatedText } from './map-templates.ts';
import { defaultMaxOutputBytes, OutputBudget } from './output-budget.ts';
import type { TemplateDevice } from './scope.ts';
import type { Template } from './syntax-tree.ts';
import { compileBase64, compileText, TextCache, type CompiledText } from './compiled-text.ts';
import { TemplateError } from './template-error.ts';
import { TemplateProblems, type TemplateProblem } from './template-problems.ts';
import { quoted } from '../quoted.ts';

export type { TemplateProblem } from './template-problems.ts';

export type FillOutcome =
  | { readonly ok: true; readonly spec: JsonObject }
  | { readonly ok: false; readonly problems: TemplateProblem[] };

type TemplateRendererOptions = {
  /** Number of compiled texts of each encoding to keep, at least 2. Default 1,000. */
  readonly maxCachedTemplates?: number;
  /** Most bytes of text that the templates of one spec may make. Default 2 MiB. */
  readonly maxOutputBytes?: number;
  /** Decides which keys name secrets: errors in their values are not quoted. The usual keys by default. */
  readonly isMasked?: MaskedKeys;
};

/** Fills the templates of a fleet's spec in for its devices. Never throws: every error becomes a problem. */
export type TemplateRenderer = {
  /**
   * Fills in the strings that may hold templates (template-places.ts); everything else stays as it is. Unchanged parts are
   * shared with the given spec, not copied.
   */
  render(spec: JsonObject, device: TemplateDevice): FillOutcome;
};

/**
 * Creates a renderer with its own cache of compiled texts, so that a fleet's templates are compiled once for all its
 * devices.
 */
export function createTemplateRenderer(options: TemplateRendererOptions = {}): TemplateRenderer {
  const { maxCachedTemplates = 1000, maxOutputBytes = defaultMaxOutputBytes, isMasked = maskedKeys() } = options;
  const texts = createTexts(maxCachedTemplates);
  return {
    render(spec, device) {
      const budget = new OutputBudget(maxOutputBytes);
      const problems = new TemplateProblems(spec, isMasked);
      const fill = (template: Template): string => evaluateTemplate(template, device, budget);
      const filled = fillSpec(spec, { texts, budget, problems, fill });
      return problems.list.length === 0 ? { ok: true, spec: filled } : { ok: false, problems: problems.list };
    },
  };
}

/**
 * The errors in a fleet's templates that every device would have: syntax, functions and fields that do not exist, values of
 * the wrong kind, bounds. A label that only some devices have is not an error here.
 */
export function checkTemplates(spec: JsonObject): TemplateProblem[] {
  const budget = new TrialBudget();
  const problems = new TemplateProblems(spec, maskedKeys());
  const fill = (template: Template): undefined => tryTemplate(template, budget);
  fillSpec(spec, { texts: createTexts(2), budget: budget.forDevice, problems, fill });
  return problems.list;
}

/** The compiled texts of both encodings, kept apart because the same characters mean different content in each. */
type Texts = { readonly plain: TextCache; readonly base64: TextCache };

function createTexts(maxTexts: number): Texts {
  return { plain: new TextCache(maxTexts, compileText), base64: new TextCache(maxTexts, compileBase64) };
}

type Filling = {
  readonly texts: Texts;
  readonly budget: OutputBudget;
  readonly problems: TemplateProblems;
  /** Fills one template in; undefined if it is only tried. @throws TemplateError */
  readonly fill: (template: Template) => string | undefined;
};

function fillSpec(spec: JsonObject, filling: Filling): JsonObject {
  return mapTemplates(spec, (text) => fillText(text, filling));
}

function fillText(templated: TemplatedText, { texts, budget, problems, fill }: Filling): string {
  const { text, isBase64, form, path } = templated;
  if (problems.full || budget.exhausted) return text;
  const compiled: CompiledText = texts[isBase64 ? 'base64' : 'plain'].get(text);
  switch (compiled.kind) {
    case 'plain':
      return text;
    case 'broken':
      problems.add(path, compiled.problem);
      return text;
    case 'template':
      break;
    default:
      return compiled satisfies never;
  }
  try {
    const filled = fill(compiled.template);
    if (filled === undefined) return text;
    if (form !== undefined && !form.pattern.test(filled)) {
      problems.add(path, `${form.expected}, the template makes ${quoted(filled)}`);
    }
    return isBase64 ? Buffer.from(filled).toString('base64') : filled;
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    problems.add(path, error);
    return text;
  }
}

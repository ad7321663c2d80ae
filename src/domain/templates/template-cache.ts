import { parseTemplate } from './parse-template.ts';
import type { Template } from './syntax-tree.ts';
import { TemplateError } from './template-error.ts';

/** A template that does not compile is remembered as such: it too may stand in the spec of every device of a fleet. */
export type CompiledTemplate =
  | { readonly ok: true; readonly template: Template }
  | { readonly ok: false; readonly error: TemplateError };

/** Sources are short as a rule; this bounds the memory where they are not. UTF-16 code units, all sources together. */
const maxCachedLength = 4 * 1024 * 1024;

/**
 * Compiled templates by their source. They are kept in two generations: when the younger one has half of what may be
 * kept, it becomes the elder and what the elder held, unless used since, is forgotten. Unlike a list in order of use
 * that costs a hit nothing.
 */
export class TemplateCache {
  readonly #maxTemplates: number;
  #younger = new Map<string, CompiledTemplate>();
  #elder = new Map<string, CompiledTemplate>();
  #youngerLength = 0;

  /** @param maxTemplates at least 2 */
  constructor(maxTemplates: number) {
    this.#maxTemplates = maxTemplates;
  }

  /** How many templates are kept; one of both generations counts twice. */
  get size(): number {
    return this.#younger.size + this.#elder.size;
  }

  /** The compiled template, from the cache if it is there. */
  get(source: string): CompiledTemplate {
    const young = this.#younger.get(source);
    if (young !== undefined) return young;
    const compiled = this.#elder.get(source) ?? compile(source);
    if (this.#younger.size >= this.#maxTemplates / 2 || this.#youngerLength > maxCachedLength / 2) {
      this.#elder = this.#younger;
      this.#younger = new Map();
      this.#youngerLength = 0;
    }
    this.#younger.set(source, compiled);
    this.#youngerLength += source.length;
    return compiled;
  }
}

function compile(source: string): CompiledTemplate {
  try {
    return { ok: true, template: parseTemplate(source) };
  } catch (error) {
    if (error instanceof TemplateError) return { ok: false, error };
    throw error;
  }
}

import { isUtf8 } from 'node:buffer';
import { isBase64 } from '../resources/file-content.ts';
import { parseTemplate } from './parse-template.ts';
import type { Template } from './syntax-tree.ts';
import { TemplateError } from './template-error.ts';

/** A text of a spec before it is filled in. A text that cannot be compiled is remembered as well. */
export type CompiledText =
  /** The text holds no template. */
  | { readonly kind: 'plain' }
  | { readonly kind: 'template'; readonly template: Template }
  | { readonly kind: 'broken'; readonly problem: TemplateError | string };

/** Bounds the memory of long texts: UTF-16 code units of the texts, plus {@link tokenWeight} for each token. */
const maxWeight = 8 * 1024 * 1024;
const tokenWeight = 50;

/**
 * Compiled texts by their source in the spec, in two generations: when the younger one holds half of the maximum, it
 * becomes the elder, and texts of the former elder are dropped unless used since. Unlike a list in order of use, this costs
 * nothing on a hit.
 */
export class TextCache {
  readonly #maxTexts: number;
  readonly #compile: (text: string) => CompiledText;
  #younger = new Map<string, CompiledText>();
  #elder = new Map<string, CompiledText>();
  #youngerWeight = 0;

  /** @param maxTexts at least 2 */
  constructor(maxTexts: number, compile: (text: string) => CompiledText) {
    this.#maxTexts = maxTexts;
    this.#compile = compile;
  }

  /** Number of texts in the cache; a text in both generations counts twice. */
  get size(): number {
    return this.#younger.size + this.#elder.size;
  }

  /** The compiled text, from the cache if it is there. */
  get(text: string): CompiledText {
    const young = this.#younger.get(text);
    if (young !== undefined) return young;
    const compiled = this.#elder.get(text) ?? this.#compile(text);
    if (this.#younger.size >= this.#maxTexts / 2 || this.#youngerWeight > maxWeight / 2) {
      this.#elder = this.#younger;
      this.#younger = new Map();
      this.#youngerWeight = 0;
    }
    this.#younger.set(text, compiled);
    this.#youngerWeight +=
      text.length + (compiled.kind === 'template' ? compiled.template.tokenCount * tokenWeight : 0);
    return compiled;
  }
}

/** Compiles a text that is plain in the spec. */
export function compileText(source: string): CompiledText {
  if (!source.includes('{{')) return { kind: 'plain' };
  try {
    return { kind: 'template', template: parseTemplate(source) };
  } catch (error) {
    if (error instanceof TemplateError) return { kind: 'broken', problem: error };
    throw error;
  }
}

/**
 * Compiles content in base64. Binary content is not a template, even if it happens to contain two braces: it is recognised
 * by a NUL together with bytes that are not UTF-8. Other text that is not UTF-8 could only be filled in wrongly.
 */
export function compileBase64(content: string): CompiledText {
  if (!isBase64(content)) return { kind: 'broken', problem: 'the content is not base64, as contentEncoding says' };
  const bytes = Buffer.from(content, 'base64');
  if (!bytes.includes('{{')) return { kind: 'plain' };
  if (isUtf8(bytes)) return compileText(bytes.toString());
  if (bytes.includes(0)) return { kind: 'plain' };
  return { kind: 'broken', problem: 'the content has "{{" in it and is not UTF-8: templates need UTF-8' };
}

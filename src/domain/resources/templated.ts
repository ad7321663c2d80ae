import { z } from 'zod';
import { limits } from './limits.ts';

/** Tells text that holds a template: it only has its final form once a fleet's template is filled in for a device. */
export function isTemplated(text: string): boolean {
  return text.includes('{{');
}

/** The form of a text: a pattern, anchored at both ends and without flags, and words for it that follow `expected`. */
export type TextForm = { readonly pattern: RegExp; readonly expected: string };

/** The form of text in which a template may stand: `templated` is what it must look like before that is filled in. */
export type TemplatedForm = TextForm & { readonly templated: RegExp };

/** Text of a form, for the places where `{{ … }}` is filled in. */
export function templatedText({ pattern, templated, expected }: TemplatedForm, maxLength: number = limits.textLength) {
  return z
    .string()
    .max(maxLength, { abort: true })
    .regex(new RegExp(`(?:${templated.source})|(?:${pattern.source})`), expected);
}

/** Text of a form, where templates are not filled in. */
export function plainText({ pattern, expected }: TextForm, maxLength: number = limits.textLength) {
  return z
    .string()
    .max(maxLength, { abort: true })
    .regex(pattern, {
      error: ({ input }) =>
        typeof input === 'string' && isTemplated(input) ? `${expected}; templates are not filled in here` : expected,
    });
}

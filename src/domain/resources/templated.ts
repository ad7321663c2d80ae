import { z } from 'zod';
import { limits } from './limits.ts';

/** True for text that holds a template: it has its final form only once a fleet's template is filled in for a device. */
export function isTemplated(text: string): boolean {
  return text.includes('{{');
}

/** The form of a text: a pattern, anchored at both ends and without flags, and the message if it does not match. */
export type TextForm = { readonly pattern: RegExp; readonly expected: string };

/** The form of a text that may hold templates: `templated` is the form before they are filled in. */
export type TemplatedForm = TextForm & { readonly templated: RegExp };

/** A schema for text of a form, at places where `{{ … }}` is filled in. */
export function templatedText({ pattern, templated, expected }: TemplatedForm, maxLength: number = limits.textLength) {
  return z
    .string()
    .max(maxLength, { abort: true })
    .regex(new RegExp(`(?:${templated.source})|(?:${pattern.source})`), expected);
}

/** A schema for text of a form, at places where templates are not filled in. */
export function plainText({ pattern, expected }: TextForm, maxLength: number = limits.textLength) {
  return z
    .string()
    .max(maxLength, { abort: true })
    .regex(pattern, {
      error: ({ input }) =>
        typeof input === 'string' && isTemplated(input) ? `${expected}; templates are not filled in here` : expected,
    });
}

import { z } from 'zod';
import { limits } from './limits.ts';

/** Whether text holds a template: it only has its final form once a fleet's template is filled in for a device. */
export function isTemplated(text: string): boolean {
  return text.includes('{{');
}

/**
 * Text of a certain form, or any text that holds a template: `{{ … }}` may stand anywhere in a fleet's template, and
 * what it becomes is not known before it is filled in.
 *
 * @param form anchored at both ends, without flags
 * @param expected what to tell people, beginning with `expected`
 */
export function templatedText(form: RegExp, expected: string, maxLength: number = limits.textLength) {
  return z
    .string()
    .max(maxLength, { abort: true })
    .regex(new RegExp(String.raw`\{\{|(?:${form.source})`), expected);
}

import { parse } from 'node:querystring';

/** Longer than any form that is asked for here. */
const maxFields = 50;

/** Reads a form (application/x-www-form-urlencoded). What it says more than once becomes a list; nothing is inherited. */
export function readForm(text: string): Readonly<Record<string, unknown>> {
  return parse(text, '&', '=', { maxKeys: maxFields });
}

import { maskCredentials } from '../domain/secrets/masked-text.ts';
import type { MaskedKeys } from '../domain/secrets/masked-keys.ts';

/** Text that stands where a secret was. */
const hidden = '[hidden]';
/** Characters of one text that a line of the log shows. */
const maxTextLength = 300;
/** Characters that are searched for secrets: more than are shown, so that a secret that is cut in two is still recognised. */
const maxSearchedLength = 4_096;
/** Levels of a field that a line shows. */
const maxDepth = 8;
/** Values of one line that are shown, at any depth. */
const maxValues = 1_000;

/**
 * Makes the fields of a line fit to be written: secrets hidden by the name of their key and by how they look, texts cut. Work
 * and length are bounded whatever a stranger sent. Errors are left to their serializer.
 */
export function loggableFields(
  fields: Readonly<Record<string, unknown>>,
  isMasked: MaskedKeys,
): Record<string, unknown> {
  let left = maxValues;
  return entriesOf(fields, 1);

  function entriesOf(object: object, depth: number): Record<string, unknown> {
    const entries: Array<[string, unknown]> = [];
    for (const [name, value] of Object.entries(object)) {
      if (left <= 0) return Object.fromEntries([...entries, ['…', '[too many values]']]);
      left -= 1;
      entries.push([cut(name), isMasked(cut(name)) && mayBeSecret(value) ? hidden : valueOf(value, depth + 1)]);
    }
    return Object.fromEntries(entries);
  }

  function valueOf(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return loggableText(value);
    if (typeof value !== 'object' || value === null || value instanceof Error || value instanceof Date) return value;
    if (depth > maxDepth) return '[too deep]';
    if (!Array.isArray(value)) return entriesOf(value, depth);
    const items = value.slice(0, Math.max(0, left));
    left -= items.length;
    const shown = items.map((item: unknown) => valueOf(item, depth + 1));
    return items.length < value.length ? [...shown, '[too many values]'] : shown;
  }
}

/** Tells if a value can hold a secret: numbers and booleans cannot. */
function mayBeSecret(value: unknown): boolean {
  return value !== undefined && typeof value !== 'number' && typeof value !== 'boolean';
}

/** Credentials as an `Authorization` header carries them. */
const credentials = /\b(Bearer|Basic)\s{1,8}[\w.~+/=-]{8,}/gi;
/** JSON web tokens, also those whose end was cut off. */
const webToken = /eyJ[\w-]{5,}[\w.-]*/g;
/** Start of the values that a failed query was run with, as the message of its error lists them: specs and reports. */
const queryValues = '\nparams: ';

/** A text without the secrets in it, cut to {@link maxTextLength}: passwords of URLs, private keys, tokens, the values of a query. */
export function loggableText(text: string): string {
  let shown = text.slice(0, maxSearchedLength);
  const values = shown.indexOf(queryValues);
  if (values !== -1) shown = `${shown.slice(0, values + queryValues.length)}${hidden}`;
  shown = maskCredentials(shown, () => hidden)
    .replaceAll(credentials, `$1 ${hidden}`)
    .replaceAll(webToken, hidden);
  return cut(shown, text.length > maxSearchedLength);
}

function cut(text: string, isCut = false): string {
  return isCut || text.length > maxTextLength ? `${text.slice(0, maxTextLength)}…` : text;
}

/** Tells whether a database, or its driver, repeats in this field of an error what it was sent. */
export function holdsValues(name: string): boolean {
  return name === 'params' || name === 'parameters' || name === 'detail';
}

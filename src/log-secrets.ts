/** What stands where a secret was. */
const hidden = '[hidden]';
/** Names of fields whose values are nobody's business: headers, tokens, passwords, keys. */
const secretName = /^(proxy-)?authorization$|cookie$|passw|secret|token$|^api-?key$|private-?key/i;
/** Deeper than this a log line has nothing to say. */
const maxDepth = 8;

/** The same fields with those that are secret by name hidden, however deep. Errors are left to who writes them. */
export function hideSecrets(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return hideIn(fields, 0);
}

function hideIn(fields: object, depth: number): Record<string, unknown> {
  const entries = Object.entries(fields).map(([name, value]: [string, unknown]) => [
    name,
    secretName.test(name) && value !== undefined ? hidden : shown(value, depth + 1),
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function shown(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Error || value instanceof Date) return value;
  if (depth > maxDepth) return '[too deep]';
  if (Array.isArray(value)) return value.map((item: unknown) => shown(item, depth + 1));
  return hideIn(value, depth);
}

/** Passwords of URLs, such as `postgres://muster:…@db/muster`; what follows the first colon up to the last at sign. */
const urlPassword = /([a-z][a-z0-9+.-]*:\/\/[^\s:/@"'\\]*):[^\s/"'\\]+@/gi;
/** Credentials as an `Authorization` header carries them. */
const credentials = /\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi;
/** JSON web tokens, wherever they stand. */
const webToken = /\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/g;

/**
 * The values that a failed query was run with, as its error's message lists them in a line of JSON: up to where the stack, or
 * the text, goes on. They are specs and reports.
 */
const queryValues = /\\nparams: (?:[^"\\]|\\.)*?(?=\\n {4}at |")/g;

/** Whether a field of an error is one in which a database, or what speaks to it, repeats what it was sent. */
export function holdsValues(name: string): boolean {
  return name === 'params' || name === 'parameters' || name === 'detail';
}

/** The same text with the values of queries, passwords of URLs, credentials and web tokens hidden: messages of errors quote them. */
export function hideSecretsInText(text: string): string {
  return text
    .replaceAll(queryValues, `\\nparams: ${hidden}`)
    .replaceAll(urlPassword, `$1:${hidden}@`)
    .replaceAll(credentials, `$1 ${hidden}`)
    .replaceAll(webToken, hidden);
}

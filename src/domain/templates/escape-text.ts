const htmlEscapes: ReadonlyMap<string, string> = new Map([
  ['\0', '\ufffd'],
  ['"', '&#34;'],
  ["'", '&#39;'],
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
]);

/** Escapes text for HTML, as Go's `html` does. */
export function escapeHtml(text: string): string {
  return text.replace(/[\0"'&<>]/g, (character) => htmlEscapes.get(character) ?? character);
}

/** Escapes text for a string of JavaScript, as Go's `js` does. */
export function escapeJavaScript(text: string): string {
  return text.replace(/[\\'"<>&=\p{Cc}]|\P{ASCII}/gu, (character) => {
    if (/[\\'"]/.test(character)) return `\\${character}`;
    const standsForItself = character === '\u007f' || (character > '\u007f' && isPrintable(character));
    return standsForItself ? character : `\\u${hex(character, 4).toUpperCase()}`;
  });
}

/** Escapes text for the query of a URL, as Go's `urlquery` does. */
export function escapeUrlQuery(text: string): string {
  // Encoding and decoding replaces halves of surrogate pairs; encodeURIComponent would throw on them.
  const whole = Buffer.from(text).toString();
  return encodeURIComponent(whole)
    .replaceAll('%20', '+')
    .replace(/[!'()*]/g, (character) => `%${hex(character, 2).toUpperCase()}`);
}

const shortEscapes: ReadonlyMap<string, string> = new Map([
  ['\u0007', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['\\', '\\\\'],
]);

/** Writes text as a literal of Go. @param ascii true to escape characters beyond ASCII too */
export function quoteAsGo(text: string, quote: '"' | "'", ascii: boolean): string {
  const escaped = Array.from(text, (character) => {
    if (character === quote) return `\\${quote}`;
    const short = shortEscapes.get(character);
    if (short !== undefined) return short;
    if (isPrintable(character) && (!ascii || character < '\u007f')) return character;
    if (character < ' ' || character === '\u007f') return `\\x${hex(character, 2)}`;
    return codePoint(character) > 0xffff ? `\\U${hex(character, 8)}` : `\\u${hex(character, 4)}`;
  });
  return quote + escaped.join('') + quote;
}

/** True for a character that is printable to Go's `unicode.IsPrint`: a visible one, or the space of ASCII. */
export function isPrintable(character: string): boolean {
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character);
}

const codePoint = (character: string): number => character.codePointAt(0) ?? 0;

const hex = (character: string, digits: number): string => codePoint(character).toString(16).padStart(digits, '0');

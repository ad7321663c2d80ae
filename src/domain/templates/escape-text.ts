const htmlEscapes: ReadonlyMap<string, string> = new Map([
  ['\0', '\ufffd'],
  ['"', '&#34;'],
  ["'", '&#39;'],
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
]);

/** Text that stands for itself in HTML, as Go's `html` makes it. */
export function escapeHtml(text: string): string {
  return text.replace(/[\0"'&<>]/g, (character) => htmlEscapes.get(character) ?? character);
}

/** Text that stands for itself in a string of JavaScript, as Go's `js` makes it. */
export function escapeJavaScript(text: string): string {
  return text.replace(/[\\'"<>&=\p{Cc}]|\P{ASCII}/gu, (character) => {
    if (/[\\'"]/.test(character)) return `\\${character}`;
    const standsForItself = character === '\u007f' || (character > '\u007f' && isPrintable(character));
    return standsForItself ? character : `\\u${hex(character, 4).toUpperCase()}`;
  });
}

/** Text that stands for itself in the query of a URL, as Go's `urlquery` makes it. */
export function escapeUrlQuery(text: string): string {
  // Decoding replaces halves of surrogate pairs, at which encodeURIComponent would throw.
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

/** Text as a literal of Go. @param ascii whether other characters than those of ASCII are to be escaped too */
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

/** A character that Go's `unicode.IsPrint` takes for one that can be seen, or the space of ASCII. */
export function isPrintable(character: string): boolean {
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character);
}

const codePoint = (character: string): number => character.codePointAt(0) ?? 0;

const hex = (character: string, digits: number): string => codePoint(character).toString(16).padStart(digits, '0');

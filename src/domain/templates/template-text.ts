/**
 * Changes the case as Go's `strings` package does: each character by itself, and only to a single character, so "ß" stays
 * as it is.
 */
export function mapCase(text: string, to: 'upper' | 'lower'): string {
  const change = (part: string): string => (to === 'upper' ? part.toUpperCase() : part.toLowerCase());
  if (/^[\0-\u007f]*$/.test(text)) return change(text);
  return Array.from(text, (character) => {
    const changed = change(character);
    return Array.from(changed).length === 1 ? changed : character;
  }).join('');
}

/**
 * The number of times that a part occurs in a text without overlaps; an empty part occurs before every character and at the
 * end.
 */
export function occurrences(text: string, part: string): number {
  if (part === '') return Array.from(text).length + 1;
  let count = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) count += 1;
  return count;
}

/** Orders texts by the bytes of their UTF-8, as Go does. JavaScript's order differs beyond the basic plane. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0;
  const shared = Math.min(left.length, right.length);
  let at = 0;
  while (at < shared && left.charCodeAt(at) === right.charCodeAt(at)) at += 1;
  if (at === shared) return left.length - right.length;
  return byteRank(left.charCodeAt(at)) - byteRank(right.charCodeAt(at));
}

/** The rank of a code unit. Surrogates encode the highest characters, although their codes are below U+E000. */
function byteRank(codeUnit: number): number {
  if (codeUnit < 0xd800) return codeUnit;
  return codeUnit >= 0xe000 ? codeUnit - 0x800 : codeUnit + 0x2000;
}

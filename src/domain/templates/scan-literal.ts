import { endsName, matchAt } from './source-text.ts';
import { TemplateError } from './template-error.ts';
import { quoted, shortened } from '../quoted.ts';

/** A literal, and the offset after it in the source. */
type ScannedLiteral = { readonly value: string | bigint; readonly end: number };

const stringBody = /(?:[^"\\\n]+|\\[^\n])*/y;

/** Reads `"…"` whose opening quote is at `offset`. */
export function scanString(source: string, offset: number): ScannedLiteral {
  const body = matchAt(stringBody, source, offset + 1) ?? '';
  const end = offset + 1 + body.length;
  if (source[end] !== '"')
    throw new TemplateError('the string that begins here is not closed on its line', source, offset);
  return { value: body.includes('\\') ? unescape(body, '"', source, offset + 1) : body, end: end + 1 };
}

const characterBody = /(?:[^'\\\n]+|\\[^\n])*/y;

/** Reads `'…'`: one character, whose value is the number of its code point. */
export function scanCharacter(source: string, offset: number): ScannedLiteral {
  const body = matchAt(characterBody, source, offset + 1) ?? '';
  const end = offset + 1 + body.length;
  if (source[end] !== "'")
    throw new TemplateError('the character that begins here is not closed on its line', source, offset);
  const text = body.includes('\\') ? unescape(body, "'", source, offset + 1) : body;
  const codePoint = text.codePointAt(0);
  if (codePoint === undefined || text.length !== String.fromCodePoint(codePoint).length) {
    const rule = "'' holds one character, and stands for its number: write text in double quotes";
    throw new TemplateError(rule, source, offset);
  }
  return { value: BigInt(codePoint), end: end + 1 };
}

/** Reads a raw string, in which a backslash is an ordinary character. Drops carriage returns, as Go does. */
export function scanRawString(source: string, offset: number): ScannedLiteral {
  const end = source.indexOf('`', offset + 1);
  if (end === -1) throw new TemplateError('the raw string that begins here is not closed', source, offset);
  return { value: source.slice(offset + 1, end).replaceAll('\r', ''), end: end + 1 };
}

const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ['a', '\u0007'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
]);

const anyEscape = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))/gsu;

/** @param quote the quote around the literal, which can be escaped inside it */
function unescape(body: string, quote: string, source: string, bodyOffset: number): string {
  type Capture = string | undefined;
  const unescapeOne = (
    escape: string,
    hex: Capture,
    short: Capture,
    long: Capture,
    octal: Capture,
    other: Capture,
    at: number,
  ): string => {
    const fail = (reason: string): never => {
      throw new TemplateError(`${escape} ${reason}`, source, bodyOffset + at);
    };
    if (other === quote) return quote;
    if (other !== undefined) return simpleEscapes.get(other) ?? fail('is not an escape that strings know');
    const code = octal === undefined ? Number.parseInt(hex ?? short ?? long ?? '', 16) : Number.parseInt(octal, 8);
    // Above 7f Go would write a single byte, which is not valid UTF-8.
    if ((hex ?? octal) !== undefined && code > 0x7f)
      return fail('is not an ASCII character: write it as \\u and four digits');
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return fail('is not a Unicode character');
    return String.fromCodePoint(code);
  };
  return body.replace(anyEscape, unescapeOne);
}

const numberLike = /[+-]?[\p{L}\p{Nd}_.]*/uy;
const integerForm =
  /^[+-]?(?:0|[1-9](?:_?[0-9])*|0_?[0-7](?:_?[0-7])*|0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+)$/;
const maxInteger = 2n ** 63n - 1n;
const minInteger = -(2n ** 63n);

/** Reads an integer whose sign or first digit is at `offset`: decimal, or with Go's prefixes 0x, 0o, 0b, or 0 for octal. */
export function scanInteger(source: string, offset: number): ScannedLiteral {
  const text = matchAt(numberLike, source, offset) ?? '';
  const end = offset + text.length;
  if (!integerForm.test(text) || !endsName(source, end)) {
    const written = endsName(source, end) ? text : text + String.fromCodePoint(source.codePointAt(end) ?? 0);
    throw new TemplateError(`${quoted(written)} is not an integer: other numbers are not supported`, source, offset);
  }
  const value = integerValue(text);
  if (value > maxInteger || value < minInteger) {
    throw new TemplateError(`the integer ${shortened(text)} does not fit into 64 bits`, source, offset);
  }
  return { value, end };
}

/** Most digits of 64 bits in any base; converting many more would take long. */
const maxDigits = 66;

function integerValue(text: string): bigint {
  const digits = text.replace(/^[+-]/, '').replaceAll('_', '');
  if (digits.length > maxDigits) return maxInteger + 1n;
  const magnitude = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return text.startsWith('-') ? -magnitude : magnitude;
}

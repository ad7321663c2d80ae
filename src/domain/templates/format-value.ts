import { isPrintable, quoteAsGo } from './escape-text.ts';
import type { Scope } from './scope.ts';
import { kindOf, operandText, type TemplateMap, type TemplateValue } from './template-values.ts';

/** Layout of a value by `printf`. Lengths are in characters. */
export type Layout = {
  readonly width: number | undefined;
  readonly precision: number | undefined;
  /** `-`: the value is aligned to the left. */
  readonly left: boolean;
  /** `0`: zeros fill the width. */
  readonly zeros: boolean;
  readonly plus: boolean;
  readonly space: boolean;
  readonly sharp: boolean;
};

/** One value as a verb of Go's `printf` prints it. */
export function formatValue(verb: string, value: TemplateValue, layout: Layout, scope: Scope): string {
  const text = textOf(verb, value, layout, scope);
  return text ?? scope.fail(`printf: %${verb} cannot print ${kindOf(value)}`);
}

/** A value as a verb prints it; undefined if the verb does not take such a value. */
function textOf(verb: string, value: TemplateValue, layout: Layout, scope: Scope): string | undefined {
  switch (typeof value) {
    case 'string':
      return formatString(verb, value, layout);
    case 'boolean':
      return verb === 't' || verb === 'v' ? padded(String(value), layout) : undefined;
    case 'bigint':
      return formatInteger(verb, value, layout);
    case 'object':
      return formatMap(verb, value, layout, scope);
    default:
      return value satisfies never;
  }
}

/** Prints a map without any layout, or fails. Go lays out each key and value by itself, which nobody needs. */
function formatMap(verb: string, value: TemplateMap, layout: Layout, scope: Scope): string | undefined {
  if (verb !== 's' && verb !== 'v') return undefined;
  const isPlain = layout.width === undefined && layout.precision === undefined && !layout.sharp && !layout.plus;
  return isPlain ? operandText(value, scope) : scope.fail('printf: a map takes no flags, width or precision');
}

function formatString(verb: string, value: string, layout: Layout): string | undefined {
  switch (verb) {
    case 'v':
      return layout.sharp
        ? formatString('q', value, { ...layout, sharp: false, plus: false })
        : formatString('s', value, layout);
    case 's':
      return padded(truncated(value, layout), layout);
    case 'q': {
      const text = truncated(value, layout);
      return padded(layout.sharp && isRawString(text) ? `\`${text}\`` : quoteAsGo(text, '"', layout.plus), layout);
    }
    case 'x':
      return padded(hexBytes(value, layout), layout);
    case 'X':
      return padded(hexBytes(value, layout).toUpperCase(), layout);
    default:
      return undefined;
  }
}

/** The bytes of a text in hexadecimal digits: separated with the flag " ", and prefixed with "0x" with the flag "#". */
function hexBytes(text: string, { precision, space, sharp }: Layout): string {
  const digits = Buffer.from(text).subarray(0, precision).toString('hex');
  const prefix = sharp && digits !== '' ? '0x' : '';
  return prefix + (space ? (digits.match(/../g) ?? []).join(` ${prefix}`) : digits);
}

/** True for a text that Go can write between backquotes: it has none itself, and no control characters but the tab. */
function isRawString(text: string): boolean {
  return !/[`\u007f\ufeff]/.test(text) && !Array.from(text).some((each) => each < ' ' && each !== '\t');
}

const bases: ReadonlyMap<string, number> = new Map([
  ['d', 10],
  ['v', 10],
  ['b', 2],
  ['o', 8],
  ['O', 8],
  ['x', 16],
  ['X', 16],
]);

function formatInteger(verb: string, value: bigint, layout: Layout): string | undefined {
  const base = bases.get(verb);
  if (base !== undefined) return formatDigits(verb, base, value, layout);
  switch (verb) {
    case 'c':
      return padded(character(value), layout);
    case 'q':
      return padded(quoteAsGo(character(value), "'", layout.plus), layout);
    case 'U':
      return padded(formatCodePoint(value, layout), { ...layout, zeros: false });
    default:
      return undefined;
  }
}

function formatDigits(verb: string, base: number, value: bigint, layout: Layout): string {
  const { width, precision } = layout;
  const withSpaces: Layout = { ...layout, zeros: false };
  if (precision === 0 && value === 0n) return padded('', withSpaces);
  const plus = layout.plus && verb !== 'v';
  const sign = signOf(value, plus, layout.space);
  const zeroDigits = layout.zeros && width !== undefined ? width - sign.length : 0;
  const digits = (value < 0n ? -value : value).toString(base).padStart(precision ?? zeroDigits, '0');
  const sharp = layout.sharp && verb !== 'v';
  const text = prefixOf(verb, digits, sharp) + digits;
  return padded(sign + (verb === 'X' ? text.toUpperCase() : text), withSpaces);
}

function signOf(value: bigint, plus: boolean, space: boolean): string {
  if (value < 0n) return '-';
  if (plus) return '+';
  return space ? ' ' : '';
}

function prefixOf(verb: string, digits: string, sharp: boolean): string {
  const octal = sharp && !digits.startsWith('0') ? '0' : '';
  switch (verb) {
    case 'b':
      return sharp ? '0b' : '';
    case 'o':
      return octal;
    case 'O':
      return `0o${octal}`;
    case 'x':
    case 'X':
      return sharp ? '0x' : '';
    default:
      return '';
  }
}

/** The character of a code point; U+FFFD for a number that is not a code point. */
function character(value: bigint): string {
  const isCodePoint = value >= 0n && value <= 0x10ffffn && (value < 0xd800n || value > 0xdfffn);
  return isCodePoint ? String.fromCodePoint(Number(value)) : '\ufffd';
}

function formatCodePoint(value: bigint, { precision, sharp }: Layout): string {
  const digits = BigInt.asUintN(64, value).toString(16).toUpperCase();
  const shown = character(value);
  const suffix = sharp && value >= 0n && value <= 0x10ffffn && isPrintable(shown) ? ` '${shown}'` : '';
  return `U+${digits.padStart(Math.max(4, precision ?? 0), '0')}${suffix}`;
}

function truncated(text: string, { precision }: Layout): string {
  return precision === undefined ? text : Array.from(text).slice(0, precision).join('');
}

function padded(text: string, { width = 0, left, zeros }: Layout): string {
  // A text that is long enough in code units may be too short in characters.
  const missing = width === 0 ? 0 : width - Array.from(text).length;
  if (missing <= 0) return text;
  return left ? text + ' '.repeat(missing) : (zeros ? '0' : ' ').repeat(missing) + text;
}

import { formatValue, type Layout } from './format-value.ts';
import type { Scope } from './scope.ts';
import { kindOf, type TemplateValue } from './template-values.ts';
import { quoted } from '../quoted.ts';

/** `%`, flags, `[index]` and width, `.` with `[index]` and precision, `[index]`, and the verb. */
const directivePattern =
  /%(?<flags>[#0+\- ]*)(?:\[(?<first>\d+)\])?(?<width>\*|\d+)?(?<dot>\.(?:\[(?<second>\d+)\])?(?<precision>\*|\d+)?)?(?:\[(?<third>\d+)\])?(?<verb>.)?/suy;

/** Characters, as in Go. */
const maxWidth = 1_000_000;

/**
 * Go's `printf` for strings, integers and booleans. Mistakes that Go reports inside the text, such as `%!d(string=x)`, are
 * errors here, because nobody wants them in a file.
 */
export function formatText(format: string, args: readonly TemplateValue[], scope: Scope): string {
  const operands = new Operands(args, scope);
  const pieces: string[] = [];
  let position = 0;
  for (let at = format.indexOf('%'); at !== -1; at = format.indexOf('%', position)) {
    const directive = directiveAt(format, at, scope);
    const piece = format.slice(position, at) + formatDirective(directive, operands, scope);
    scope.spend(Buffer.byteLength(piece));
    pieces.push(piece);
    position = at + directive.written.length;
  }
  operands.expectAllUsed();
  const rest = format.slice(position);
  scope.spend(Buffer.byteLength(rest));
  return pieces.join('') + rest;
}

type Directive = {
  readonly written: string;
  readonly verb: string;
  readonly flags: string;
  /** Digits or `*`. */
  readonly width: string | undefined;
  readonly widthIndex: string | undefined;
  /** Digits or `*`; "0" if only a `.` is written. */
  readonly precision: string | undefined;
  readonly precisionIndex: string | undefined;
  readonly verbIndex: string | undefined;
};

function directiveAt(format: string, offset: number, scope: Scope): Directive {
  directivePattern.lastIndex = offset;
  const matched = directivePattern.exec(format);
  const { flags = '', first, width, dot, second, precision, third, verb } = matched?.groups ?? {};
  const written = matched?.[0] ?? '%';
  if (verb === undefined)
    return scope.fail(`printf: ${quoted(written)} lacks a verb, such as %s ("%%" is a percent sign)`);
  // An index must be right before the part that uses it.
  const isStray =
    (first !== undefined && width !== '*' && (width ?? dot ?? third) !== undefined) ||
    (second !== undefined && precision !== '*' && (precision ?? third) !== undefined);
  if (isStray || verb === '[') return scope.fail(`printf: the argument index in ${quoted(written)} is misplaced`);
  return {
    written,
    verb,
    flags,
    width,
    widthIndex: width === '*' ? first : undefined,
    precision: dot === undefined ? undefined : (precision ?? '0'),
    precisionIndex: precision === '*' ? second : undefined,
    verbIndex: third ?? (precision === '*' ? undefined : second) ?? (width === '*' ? undefined : first),
  };
}

function formatDirective(directive: Directive, operands: Operands, scope: Scope): string {
  const { flags, verb, written } = directive;
  operands.goTo(directive.widthIndex, written);
  const width = lengthOf(directive.width, written, operands, scope);
  operands.goTo(directive.precisionIndex, written);
  const precision = lengthOf(directive.precision, written, operands, scope);
  operands.goTo(directive.verbIndex, written);
  if (verb === '%') return '%';
  const isLeft = flags.includes('-') || (width ?? 0) < 0;
  const layout: Layout = {
    width: width === undefined ? undefined : Math.abs(width),
    // A negative precision counts as none.
    precision: precision === undefined || precision < 0 ? undefined : precision,
    left: isLeft,
    zeros: flags.includes('0') && !isLeft,
    plus: flags.includes('+'),
    space: flags.includes(' '),
    sharp: flags.includes('#'),
  };
  // Before the text is made, not after.
  scope.read((layout.width ?? 0) + (layout.precision ?? 0));
  return formatValue(verb, operands.take(written), layout, scope);
}

/** A width or a precision. @param digits digits, or `*` for the next argument */
function lengthOf(digits: string | undefined, written: string, operands: Operands, scope: Scope): number | undefined {
  if (digits === undefined) return undefined;
  const length = digits === '*' ? operands.takeInteger(written) : Number(digits);
  if (Math.abs(length) <= maxWidth) return length;
  return scope.fail(`printf: a width or precision in ${quoted(written)} is more than ${maxWidth}`);
}

/** The arguments after the format. */
class Operands {
  readonly #args: readonly TemplateValue[];
  readonly #scope: Scope;
  #next = 0;
  /** True once an index was used: then Go does not check that all arguments were used. */
  #usesIndexes = false;

  constructor(args: readonly TemplateValue[], scope: Scope) {
    this.#args = args;
    this.#scope = scope;
  }

  /** Goes to the argument at an index, which counts from 1, if an index is given. */
  goTo(index: string | undefined, written: string): void {
    if (index === undefined) return;
    this.#usesIndexes = true;
    this.#next = Number(index) - 1;
    if (this.#args[this.#next] === undefined) this.#lacks(written);
  }

  take(written: string): TemplateValue {
    const value = this.#args[this.#next] ?? this.#lacks(written);
    this.#next += 1;
    return value;
  }

  takeInteger(written: string): number {
    const value = this.take(written);
    if (typeof value === 'bigint') return Number(value);
    return this.#scope.fail(`printf: "*" in ${quoted(written)} takes an integer, found ${kindOf(value)}`);
  }

  expectAllUsed(): void {
    const { length } = this.#args;
    if (this.#usesIndexes || this.#next >= length) return;
    this.#scope.fail(`printf: the format uses ${this.#next} of ${length} argument${length === 1 ? '' : 's'}`);
  }

  #lacks(written: string): never {
    const { length } = this.#args;
    return this.#scope.fail(
      `printf: ${quoted(written)} has no argument: there ${length === 1 ? 'is' : 'are'} ${length}`,
    );
  }
}

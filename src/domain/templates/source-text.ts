import { TemplateError } from './template-error.ts';

/** True for the characters that Go's templates count as space. */
export function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || character === '\r' || character === '\n';
}

/** The end of the run of spaces that begins at `offset`. */
export function afterSpaces(source: string, offset: number): number {
  let end = offset;
  while (isSpace(source[end])) end += 1;
  return end;
}

/**
 * The beginning of the run of spaces that ends at `end`, not before `start`. A loop, because a pattern would be quadratic.
 */
export function beforeSpaces(source: string, start: number, end: number): number {
  let begin = end;
  while (begin > start && isSpace(source[begin - 1])) begin -= 1;
  return begin;
}

/** The text that a sticky pattern matches exactly at `offset`, or undefined. */
export function matchAt(pattern: RegExp, source: string, offset: number): string | undefined {
  pattern.lastIndex = offset;
  return pattern.exec(source)?.[0];
}

const identifier = /[\p{L}\p{Nd}_]+/uy;

/** The name in Go at `offset`: letters, digits and underscores; undefined if there is none. */
export function identifierAt(source: string, offset: number): string | undefined {
  return matchAt(identifier, source, offset);
}

const characterAt = (source: string, offset: number): string => String.fromCodePoint(source.codePointAt(offset) ?? 0);

/** Go's rule for the character that may follow a name inside an action. */
export function endsName(source: string, offset: number): boolean {
  if (offset >= source.length || source.startsWith('}}', offset)) return true;
  return /[ \t\r\n.,|:()]/.test(source.charAt(offset));
}

export function unexpectedCharacter(source: string, offset: number): TemplateError {
  return new TemplateError(`unexpected character ${JSON.stringify(characterAt(source, offset))}`, source, offset);
}

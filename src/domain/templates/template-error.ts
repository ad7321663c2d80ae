import { shortened } from '../quoted.ts';

/** The reason why a template cannot be compiled or filled in, and the place in it. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  /** The message without the position. */
  readonly reason: string;
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1, in characters (not bytes). */
  readonly column: number;

  /** @param offset place in the source, in UTF-16 code units */
  constructor(reason: string, source: string, offset: number) {
    const { line, column } = positionAt(source, offset);
    super(`${reason} (line ${line}, column ${column})`);
    this.reason = reason;
    this.line = line;
    this.column = column;
  }
}

function positionAt(source: string, offset: number): { line: number; column: number } {
  let line = 1;
  let lineStart = 0;
  for (let end = source.indexOf('\n'); end !== -1 && end < offset; end = source.indexOf('\n', lineStart)) {
    line += 1;
    lineStart = end + 1;
  }
  let column = 1;
  for (let at = lineStart; at < offset; at += (source.codePointAt(at) ?? 0) > 0xffff ? 2 : 1) column += 1;
  return { line, column };
}

/** Words the problem of a field that templates may not use. */
export function notAvailable(names: readonly string[]): string {
  const path = shortened(['', ...names].join('.'));
  return `${path} is not available: templates can only use .metadata.name and .metadata.labels`;
}

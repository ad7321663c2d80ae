import { selectorError, type SelectorText } from './selector-text.ts';

/** A token: a word (key, value, `in`, `notin`), a symbol, or the end of the text. */
export interface Token {
  readonly kind: 'word' | 'reserved' | 'symbol' | 'end';
  /** The word with its escapes resolved, or the symbol itself. Empty at the end. */
  readonly text: string;
  /** Start of the token, and start of the text after it, in UTF-16 units from 0. */
  readonly start: number;
  readonly end: number;
}

/**
 * The way in which words are read. In a `plain` word every symbol ends the word. An `operand` is the value of a field
 * selector: it may have `=`, `!`, `<` and `>` after its first character, and backslash escapes.
 */
export type WordMode = 'plain' | 'operand';

// Longest first: `==` is never read as two `=`.
const symbols = ['==', '!=', '>=', '<=', '=', '!', '>', '<', '(', ')', ','] as const;
const reservedWords: ReadonlySet<string> = new Set(['contains', 'notcontains']);

const blanks = /[ \t\r\n]*/y;
const plainWord = /[^ \t\r\n=!<>(),]+/y;
const operandWord = /(?:\\[^]|[^ \t\r\n(),\\])+\\?|\\/y;
const escapable: ReadonlySet<string> = new Set([',', '=', '\\']);

function runFrom(pattern: RegExp, text: string, offset: number): string {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0] ?? '';
}

/** Resolves the escapes of an operand: a backslash before a comma, an equals sign or a backslash, and no other. */
function unescape(source: SelectorText, raw: string, start: number): string {
  if (!raw.includes('\\')) return raw;
  let value = '';
  for (let i = 0; i < raw.length; i++) {
    const character = raw.charAt(i);
    if (character !== '\\') {
      value += character;
      continue;
    }
    const escaped = raw.charAt(i + 1);
    if (!escapable.has(escaped)) {
      throw selectorError(source, start + i, `expected ',', '=' or '\\' after a backslash`);
    }
    value += escaped;
    i += 1;
  }
  return value;
}

/**
 * Reads the token at an offset, after skipping blanks (space, tab, carriage return, line feed).
 * @throws MusterError 400 for an escape that does not exist.
 */
export function readToken(source: SelectorText, offset: number, mode: WordMode): Token {
  const { text } = source;
  const start = offset + runFrom(blanks, text, offset).length;
  if (start >= text.length) return { kind: 'end', text: '', start, end: start };

  const symbol = symbols.find((candidate) => text.startsWith(candidate, start));
  if (symbol !== undefined) return { kind: 'symbol', text: symbol, start, end: start + symbol.length };

  const raw = runFrom(mode === 'plain' ? plainWord : operandWord, text, start);
  const word = mode === 'plain' ? raw : unescape(source, raw, start);
  return { kind: reservedWords.has(word) ? 'reserved' : 'word', text: word, start, end: start + raw.length };
}

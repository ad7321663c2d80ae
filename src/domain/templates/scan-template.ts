import { scanCharacter, scanInteger, scanRawString, scanString } from './scan-literal.ts';
import { scanField } from './scan-field.ts';
import { afterSpaces, beforeSpaces, endsName, identifierAt, isSpace, unexpectedCharacter } from './source-text.ts';
import { TemplateError } from './template-error.ts';

/** A token. `spaceBefore` matters because `a.b` and `a .b` differ in Go. `offset` counts UTF-16 code units. */
export type Token = TokenContent & { readonly offset: number; readonly spaceBefore: boolean };

type TokenContent =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'word'; readonly word: string }
  /** `$` alone has the name "". */
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'literal'; readonly value: string | boolean | bigint }
  | { readonly kind: 'dot' | 'pipe' | 'open' | 'close' | 'declare' | 'assign' | 'end' };

/** A piece of a template: text or an action. The last token of an action is always `end`, its `}}`. */
export type Segment =
  | { readonly kind: 'text'; readonly offset: number; readonly text: string; readonly bytes: number }
  | { readonly kind: 'action'; readonly offset: number; readonly tokens: readonly Token[] };

/** Most tokens in the actions of one template. A compiled template takes memory for each. */
const maxTokens = 50_000;

/**
 * Cuts a template into text and actions, with trim markers applied and comments left out. Gives one segment at a time, so
 * that the first error in the source is the one reported.
 *
 * Rules: Go's text/template, "Text and spaces".
 */
export function* scanTemplate(source: string): Generator<Segment, void, undefined> {
  let position = 0;
  let tokensLeft = maxTokens;
  for (;;) {
    const open = source.indexOf('{{', position);
    const textEnd = open === -1 ? source.length : open;
    const trims = open !== -1 && source[open + 2] === '-' && isSpace(source[open + 3]);
    const text = source.slice(position, trims ? beforeSpaces(source, position, textEnd) : textEnd);
    if (text !== '') yield { kind: 'text', offset: position, text, bytes: Buffer.byteLength(text) };
    if (open === -1) return;
    const inner = open + (trims ? 4 : 2);
    if (source.startsWith('/*', inner)) {
      position = afterComment(source, open, inner);
    } else {
      const { tokens, next } = scanAction(source, open, inner, tokensLeft);
      tokensLeft -= tokens.length;
      yield { kind: 'action', offset: open, tokens };
      position = next;
    }
  }
}

function afterComment(source: string, open: number, inner: number): number {
  const close = source.indexOf('*/', inner + 2);
  if (close === -1) throw new TemplateError('the comment that begins here is not closed', source, open);
  const end = close + 2;
  if (isSpace(source[end]) && source.startsWith('-}}', end + 1)) return afterSpaces(source, end + 4);
  if (!source.startsWith('}}', end)) {
    throw new TemplateError('a comment must fill its action: end it with "*/}}" or "*/ -}}"', source, end);
  }
  return end + 2;
}

function scanAction(source: string, open: number, inner: number, most: number): { tokens: Token[]; next: number } {
  const tokens: Token[] = [];
  let position = inner;
  for (;;) {
    if (tokens.length >= most) {
      throw new TemplateError(`a template may have ${maxTokens} words and signs in its actions`, source, position);
    }
    const start = afterSpaces(source, position);
    const spaceBefore = start > position;
    const trims = spaceBefore && source.startsWith('-}}', start);
    if (trims || source.startsWith('}}', start)) {
      tokens.push({ kind: 'end', offset: start, spaceBefore });
      return { tokens, next: trims ? afterSpaces(source, start + 3) : start + 2 };
    }
    if (start >= source.length)
      throw new TemplateError('the action that begins here is not closed with "}}"', source, open);
    const { end, ...content } = scanToken(source, start, !spaceBefore && tokens.at(-1)?.kind === 'field');
    tokens.push({ ...content, offset: start, spaceBefore });
    position = end;
  }
}

function scanToken(source: string, offset: number, followsField: boolean): TokenContent & { end: number } {
  const character = source.charAt(offset);
  switch (character) {
    case '"':
      return { kind: 'literal', ...scanString(source, offset) };
    case '`':
      return { kind: 'literal', ...scanRawString(source, offset) };
    case "'":
      return { kind: 'literal', ...scanCharacter(source, offset) };
    case '|':
      return { kind: 'pipe', end: offset + 1 };
    case '(':
      return { kind: 'open', end: offset + 1 };
    case ')':
      return { kind: 'close', end: offset + 1 };
    case '.':
      return scanField(source, offset, followsField);
    case '$':
      return scanVariable(source, offset);
    case ':':
      if (source[offset + 1] === '=') return { kind: 'declare', end: offset + 2 };
      break;
    case '=':
      return { kind: 'assign', end: offset + 1 };
    case '/':
      if (!source.startsWith('/*', offset)) break;
      throw new TemplateError('a comment must follow its "{{" or "{{- " at once', source, offset);
  }
  if (/[0-9+-]/.test(character)) return { kind: 'literal', ...scanInteger(source, offset) };
  return scanWord(source, offset);
}

function scanVariable(source: string, offset: number): TokenContent & { end: number } {
  const name = identifierAt(source, offset + 1) ?? '';
  const end = offset + 1 + name.length;
  if (!endsName(source, end)) throw unexpectedCharacter(source, end);
  return { kind: 'variable', name, end };
}

function scanWord(source: string, offset: number): TokenContent & { end: number } {
  const word = identifierAt(source, offset);
  if (word === undefined) throw unexpectedCharacter(source, offset);
  const end = offset + word.length;
  if (!endsName(source, end)) throw unexpectedCharacter(source, end);
  if (word === 'true' || word === 'false') return { kind: 'literal', value: word === 'true', end };
  return { kind: 'word', word, end };
}

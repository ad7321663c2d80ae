import type { CallExpression, Expression } from './syntax-tree.ts';
import type { Token } from './scan-template.ts';
import { quoted, TemplateError } from './template-error.ts';
import { arityProblem, functionNames, isFunctionName } from './template-functions.ts';

/** Walks the tokens of one action. The last one, `end`, is never passed. */
export class TokenCursor {
  readonly source: string;
  readonly #tokens: readonly Token[];
  #position = 0;

  constructor(source: string, tokens: readonly Token[]) {
    this.source = source;
    this.#tokens = tokens;
  }

  /** The token that comes next. */
  peek(): Token {
    const token = this.#tokens[this.#position];
    if (token === undefined) throw new Error('an action has no token "end"');
    return token;
  }

  /** The word that comes next, if it is one. */
  get word(): string | undefined {
    const token = this.peek();
    return token.kind === 'word' ? token.word : undefined;
  }

  take(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.#position += 1;
    return token;
  }

  fail(reason: string, token: Token = this.peek()): never {
    throw new TemplateError(reason, this.source, token.offset);
  }
}

const maxParentheses = 100;

/** Words that cannot stand for a value or a function. */
const keywords = new Set(['if', 'else', 'end', 'with', 'range', 'define', 'template', 'block', 'break', 'continue']);

/** Parses `command | command …` up to the end of the action. */
export function parseExpression(cursor: TokenCursor): Expression {
  const expression = parsePipeline(cursor, 0);
  if (cursor.peek().kind !== 'end') cursor.fail(`unexpected ${describe(cursor.peek())}`);
  return expression;
}

function parsePipeline(cursor: TokenCursor, depth: number): Expression {
  const { offset } = cursor.peek();
  const first = parseCommand(cursor, depth);
  const calls: CallExpression[] = [];
  while (cursor.peek().kind === 'pipe') {
    cursor.take();
    if (cursor.peek().kind !== 'word') cursor.fail(`a function must follow "|", found ${describe(cursor.peek())}`);
    calls.push(parseCall(cursor, depth, 1));
  }
  return calls.length === 0 ? first : { kind: 'pipeline', offset, first, calls };
}

function parseCommand(cursor: TokenCursor, depth: number): Expression {
  if (cursor.peek().kind === 'word') return parseCall(cursor, depth, 0);
  const value = parseOperand(cursor, depth);
  if (startsOperand(cursor.peek())) {
    const hint = cursor.peek().spaceBefore ? 'only a function takes arguments' : 'a space is missing';
    cursor.fail(`unexpected ${describe(cursor.peek())} after a value: ${hint}`);
  }
  return value;
}

/** @param piped how many arguments come from before a "|": 0 or 1 */
function parseCall(cursor: TokenCursor, depth: number, piped: number): CallExpression {
  const token = cursor.take();
  const name = token.kind === 'word' ? token.word : '';
  if (!isFunctionName(name)) return cursor.fail(unknownWord(name), token);
  const args: Expression[] = [];
  while (startsOperand(cursor.peek())) {
    if (!cursor.peek().spaceBefore) cursor.fail(`unexpected ${describe(cursor.peek())}: a space is missing`);
    args.push(parseOperand(cursor, depth));
  }
  const problem = arityProblem(name, args.length + piped);
  if (problem !== undefined) cursor.fail(problem, token);
  return { kind: 'call', offset: token.offset, name, args };
}

function unknownWord(word: string): string {
  if (word === 'nil') return 'nil is not supported';
  if (keywords.has(word)) return `"${word}" can only stand at the start of an action`;
  return `function ${quoted(word)} is not supported; the functions are ${functionNames.join(', ')}`;
}

function startsOperand(token: Token): boolean {
  return token.kind !== 'pipe' && token.kind !== 'close' && token.kind !== 'end';
}

function parseOperand(cursor: TokenCursor, depth: number): Expression {
  const start = cursor.peek();
  const base = parseTerm(cursor, depth);
  const names: string[] = base.kind === 'field' ? [...base.names] : [];
  const ownNames = names.length;
  for (let token = cursor.peek(); token.kind === 'field' && !token.spaceBefore; token = cursor.peek()) {
    if (start.kind === 'literal' || start.kind === 'dot') cursor.fail(`unexpected ${describe(token)} after a value`);
    names.push(token.name);
    cursor.take();
  }
  if (names.length === ownNames) return base;
  const root = base.kind === 'field' ? base.base : base;
  refuseLabelWithDots(cursor, root, names, start.offset);
  return { kind: 'field', offset: start.offset, base: root, names };
}

function parseTerm(cursor: TokenCursor, depth: number): Expression {
  const token = cursor.take();
  const { offset } = token;
  switch (token.kind) {
    case 'literal':
      return { kind: 'literal', offset, value: token.value };
    case 'dot':
    case 'root':
      return { kind: token.kind, offset };
    case 'field':
      return { kind: 'field', offset, base: { kind: 'dot', offset }, names: [token.name] };
    case 'open': {
      if (depth >= maxParentheses) cursor.fail(`parentheses are nested more than ${maxParentheses} deep`, token);
      const inner = parsePipeline(cursor, depth + 1);
      if (cursor.peek().kind === 'end') cursor.fail('"(" is not closed', token);
      if (cursor.peek().kind !== 'close') cursor.fail(`unexpected ${describe(cursor.peek())}`);
      cursor.take();
      return inner;
    }
    case 'word':
      if (!isFunctionName(token.word)) return cursor.fail(unknownWord(token.word), token);
      return cursor.fail(`to use ${token.word} as an argument, put it in parentheses: (${token.word} …)`, token);
    case 'pipe':
    case 'close':
    case 'end':
      return cursor.fail(`a value or a function is missing before ${describe(token)}`, token);
    default:
      return token satisfies never;
  }
}

/** `.metadata.labels.app.io` asks for field "io" of label "app", which cannot be meant. */
function refuseLabelWithDots(cursor: TokenCursor, base: Expression, names: readonly string[], offset: number): void {
  const [metadata, labels, ...key] = names;
  if ((base.kind !== 'dot' && base.kind !== 'root') || metadata !== 'metadata' || labels !== 'labels') return;
  if (key.length < 2) return;
  const remedy = `{{ index .metadata.labels ${quoted(key.join('.'))} }}`;
  throw new TemplateError(`a label key with dots in it needs index: ${remedy}`, cursor.source, offset);
}

/** How a token appears in an error. */
export function describe(token: Token): string {
  switch (token.kind) {
    case 'field':
      return quoted(`.${token.name}`);
    case 'word':
      return quoted(token.word);
    case 'literal':
      return typeof token.value === 'string' ? `string ${quoted(token.value)}` : quoted(String(token.value));
    case 'dot':
      return '"."';
    case 'root':
      return '"$"';
    case 'pipe':
      return '"|"';
    case 'open':
      return '"("';
    case 'close':
      return '")"';
    case 'end':
      return '"}}"';
    default:
      return token satisfies never;
  }
}

import { checkFieldPath } from './field-paths.ts';
import type { CallExpression, Expression, Place } from './syntax-tree.ts';
import { describe, type Token, type TokenCursor } from './token-cursor.ts';
import { arityProblem, functionNames, isFunctionName } from './template-functions.ts';
import { quoted } from '../quoted.ts';

const maxParentheses = 100;

/** Words that cannot stand for a value or a function. */
const keywords = new Set(['if', 'else', 'end', 'with', 'range', 'define', 'template', 'block', 'break', 'continue']);

/** Parses `command | command …` up to the end of the action. */
function parseExpression(cursor: TokenCursor): Expression {
  const expression = parsePipeline(cursor, 0);
  if (cursor.peek().kind !== 'end') cursor.fail(unexpected(cursor.peek()));
  return expression;
}

/** A pipeline, and the number of the variable that stores its value, if there is one. */
type Assignment = { readonly variable: number | undefined; readonly expression: Expression };

/** Parses a pipeline up to the end of the action, or `$x := pipeline`, or `$x = pipeline`. */
export function parseAssignment(cursor: TokenCursor): Assignment {
  const target = cursor.peek();
  const sign = cursor.peek(1);
  if (target.kind !== 'variable' || (sign.kind !== 'declare' && sign.kind !== 'assign')) {
    return { variable: undefined, expression: parseExpression(cursor) };
  }
  if (target.name === '') cursor.fail('"$" always is the root: give the variable a name, such as $x');
  const known = cursor.variables.find(target.name);
  if (sign.kind === 'assign' && known === undefined) cursor.fail(undefinedVariable(target.name));
  cursor.take();
  cursor.take();
  const expression = parseExpression(cursor);
  // Declared only now: on the right side, the same name still means the earlier variable.
  const variable = sign.kind === 'declare' ? cursor.variables.declare(target.name) : known;
  return { variable, expression };
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

/** @param piped number of arguments from before a "|": 0 or 1 */
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
  if (word === 'call') return 'call is not supported: no value is a function';
  if (keywords.has(word)) return `"${word}" can only stand at the start of an action`;
  return `function ${quoted(word)} is not supported: the functions are ${functionNames.join(', ')}`;
}

function undefinedVariable(name: string): string {
  return `variable $${quoted(name).slice(1, -1)} is not declared here: write {{ $${quoted(name).slice(1, -1)} := … }} before`;
}

function unexpected(token: Token): string {
  const hint = token.kind === 'declare' || token.kind === 'assign' ? ': a variable must stand before it' : '';
  return `unexpected ${describe(token)}${hint}`;
}

function startsOperand(token: Token): boolean {
  switch (token.kind) {
    case 'pipe':
    case 'close':
    case 'declare':
    case 'assign':
    case 'end':
      return false;
    case 'field':
    case 'word':
    case 'variable':
    case 'literal':
    case 'dot':
    case 'open':
      return true;
    default:
      return token satisfies never;
  }
}

function parseOperand(cursor: TokenCursor, depth: number): Expression {
  const start = cursor.peek();
  const base = parseTerm(cursor, depth);
  const names: string[] = start.kind === 'field' ? [start.name] : [];
  for (let token = cursor.peek(); token.kind === 'field' && !token.spaceBefore; token = cursor.peek()) {
    if (start.kind === 'open') {
      cursor.fail(`unexpected ${describe(token)} after ")": keep the value in a variable, then use its fields`);
    }
    if (start.kind === 'literal' || start.kind === 'dot') cursor.fail(`unexpected ${describe(token)} after a value`);
    names.push(token.name);
    cursor.take();
  }
  if (names.length === 0 || !isPlace(base)) return base;
  checkFieldPath(base, names, cursor);
  return { kind: 'field', offset: start.offset, base, names };
}

function isPlace(expression: Expression): expression is Place {
  return expression.kind === 'dot' || expression.kind === 'root' || expression.kind === 'variable';
}

function parseTerm(cursor: TokenCursor, depth: number): Expression {
  const token = cursor.take();
  const { offset } = token;
  switch (token.kind) {
    case 'literal':
      return { kind: 'literal', offset, value: token.value };
    case 'dot':
    case 'field':
      return { kind: 'dot', offset };
    case 'variable': {
      if (token.name === '') return { kind: 'root', offset };
      const variable = cursor.variables.find(token.name);
      if (variable === undefined) return cursor.fail(undefinedVariable(token.name), token);
      return { kind: 'variable', offset, variable };
    }
    case 'open': {
      if (depth >= maxParentheses) cursor.fail(`parentheses are nested more than ${maxParentheses} deep`, token);
      const inner = parsePipeline(cursor, depth + 1);
      if (cursor.peek().kind === 'end') cursor.fail('"(" is not closed', token);
      if (cursor.peek().kind !== 'close') cursor.fail(unexpected(cursor.peek()));
      cursor.take();
      return inner;
    }
    case 'word':
      if (!isFunctionName(token.word)) return cursor.fail(unknownWord(token.word), token);
      return cursor.fail(`to use ${token.word} as an argument, put it in parentheses: (${token.word} …)`, token);
    case 'pipe':
    case 'close':
    case 'declare':
    case 'assign':
    case 'end':
      return cursor.fail(`a value or a function is missing before ${describe(token)}`, token);
    default:
      return token satisfies never;
  }
}

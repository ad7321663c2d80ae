import { checkSelectorText, quote, selectorError, selectorLimits, type SelectorText } from './selector-text.ts';
import { readToken, type Token, type WordMode } from './tokens.ts';

/** A key or a value, and its place. An omitted value is the empty word at the place where it would be. */
export interface Word {
  readonly text: string;
  readonly offset: number;
}

type SetOperator = 'in' | 'notin';
type EqualityOperator = '=' | '==' | '!=';
type ContainmentOperator = 'contains' | 'notcontains';
export type OrderingOperator = '>' | '>=' | '<' | '<=';
export type BinaryOperator = SetOperator | EqualityOperator | ContainmentOperator | OrderingOperator;

type NonEmpty<T> = readonly [T, ...T[]];

/** One requirement as written, before its key and its operator are checked. */
export type WrittenRequirement = {
  /** One key, or the members of a set of keys, in order. */
  readonly keys: NonEmpty<Word>;
  readonly operatorOffset: number;
} & (
  | { readonly operator: 'exists' }
  | { readonly operator: 'notexists' }
  | {
      readonly operator: BinaryOperator;
      /** One tuple for each set member, else one tuple; each has one value for each key. */
      readonly operands: NonEmpty<NonEmpty<Word>>;
    }
);

/** The differences between the two kinds of selector while they are read. */
interface Dialect {
  /** True if `(x,y)` may be used as a key. */
  readonly keySets: boolean;
  readonly values: WordMode;
}

const binaryOperators: ReadonlySet<string> = new Set<BinaryOperator>([
  'in',
  'notin',
  '=',
  '==',
  '!=',
  'contains',
  'notcontains',
  '>',
  '>=',
  '<',
  '<=',
]);
const isBinaryOperator = (text: string): text is BinaryOperator => binaryOperators.has(text);
const isSymbol = (token: Token, text: string): boolean => token.kind === 'symbol' && token.text === text;
const endsRequirement = (token: Token): boolean => token.kind === 'end' || isSymbol(token, ',');

class Reader {
  readonly source: SelectorText;
  readonly dialect: Dialect;
  offset = 0;
  setMembers = 0;

  constructor(source: SelectorText, dialect: Dialect) {
    this.source = source;
    this.dialect = dialect;
  }

  peek(mode: WordMode = 'plain'): Token {
    return readToken(this.source, this.offset, mode);
  }

  take(token: Token): void {
    this.offset = token.end;
  }

  refuse(token: Token, expected: string): never {
    const found = token.kind === 'end' ? 'end' : quote(token.text);
    throw selectorError(this.source, token.start, `expected ${expected}, found ${found}`);
  }

  expectSymbol(symbol: '(' | ')'): void {
    const token = this.peek();
    if (!isSymbol(token, symbol)) this.refuse(token, `'${symbol}'`);
    this.take(token);
  }

  /** Reads a list in parentheses after the opening one, up to and including the closing one. */
  listOf<T>(member: () => T): NonEmpty<T> {
    const members: [T, ...T[]] = [member()];
    for (;;) {
      const token = this.peek();
      if (!isSymbol(token, ',') && !isSymbol(token, ')')) this.refuse(token, `',' or ')'`);
      this.take(token);
      if (token.text === ')') return members;
      members.push(member());
    }
  }

  key(): Word {
    const token = this.peek();
    if (token.kind !== 'word') this.refuse(token, 'a key');
    this.take(token);
    return { text: token.text, offset: token.start };
  }

  /**
   * Reads a value. It may be left out before a comma, and before the closing parenthesis of a set or the end of a
   * requirement.
   */
  value(within: 'requirement' | 'set'): Word {
    const token = this.peek(this.dialect.values);
    if (token.kind === 'word') {
      this.take(token);
      return { text: token.text, offset: token.start };
    }
    const leftOut = isSymbol(token, ',') || (within === 'set' ? isSymbol(token, ')') : token.kind === 'end');
    if (!leftOut) this.refuse(token, within === 'set' ? `a value, ',' or ')'` : `a value, ',' or end`);
    return { text: '', offset: token.start };
  }

  keys(): { keys: NonEmpty<Word>; isSet: boolean } {
    const token = this.peek();
    if (!this.dialect.keySets || !isSymbol(token, '(')) return { keys: [this.key()], isSet: false };
    this.take(token);
    const keys = this.listOf(() => this.key());
    if (keys.length > selectorLimits.keysInSet) {
      throw selectorError(this.source, token.start, `expected at most ${selectorLimits.keysInSet} keys in a set`);
    }
    const seen = new Set<string>();
    for (const key of keys) {
      if (seen.has(key.text))
        throw selectorError(this.source, key.offset, `expected another key, found ${quote(key.text)} again`);
      seen.add(key.text);
    }
    return { keys, isSet: true };
  }

  /** Reads values in parentheses, as many as there are keys: `(a,b)`. */
  tuple(arity: number): NonEmpty<Word> {
    const { start } = this.peek();
    this.expectSymbol('(');
    const values = this.listOf(() => this.value('set'));
    if (values.length !== arity) {
      const expected = arity === 1 ? 'one value' : `${arity} values, one a key`;
      throw selectorError(this.source, start, `expected ${expected}, found ${values.length}`);
    }
    return values;
  }

  /** Reads an operand. That of one key may be in parentheses; that of several keys must be. */
  operand(arity: number): NonEmpty<Word> {
    return arity > 1 || isSymbol(this.peek(), '(') ? this.tuple(arity) : [this.value('requirement')];
  }

  /** Reads a member of a set. For a set of one key it may be in parentheses too, for a plain key it may not. */
  member({ arity, isSet }: { arity: number; isSet: boolean }): NonEmpty<Word> {
    this.setMembers += 1;
    if (this.setMembers > selectorLimits.setMembers) {
      throw selectorError(this.source, this.offset, `expected at most ${selectorLimits.setMembers} set members`);
    }
    return arity > 1 || (isSet && isSymbol(this.peek(), '(')) ? this.tuple(arity) : [this.value('set')];
  }

  requirement(): WrittenRequirement {
    const first = this.peek();
    const negated = isSymbol(first, '!');
    if (negated) this.take(first);
    else if (first.kind !== 'word' && !(this.dialect.keySets && isSymbol(first, '(')))
      this.refuse(first, `a key or '!'`);

    const { keys, isSet } = this.keys();
    const token = this.peek();
    const operatorOffset = negated ? first.start : token.start;
    if (endsRequirement(token)) return { keys, operator: negated ? 'notexists' : 'exists', operatorOffset };
    if (negated) this.refuse(token, `',' or end`);
    if (!isBinaryOperator(token.text)) this.refuse(token, `an operator, ',' or end`);
    this.take(token);

    const operator = token.text;
    const arity = keys.length;
    if (operator === 'in' || operator === 'notin') {
      this.expectSymbol('(');
      return { keys, operator, operatorOffset, operands: this.listOf(() => this.member({ arity, isSet })) };
    }
    return { keys, operator, operatorOffset, operands: [this.operand(arity)] };
  }
}

/**
 * Reads a selector: requirements separated by commas. An empty or blank text has none.
 * Grammar: Kubernetes' label selectors, with Flight Control's further operators and sets of keys.
 * @throws MusterError 400 with the position and what was expected.
 */
export function readRequirements(source: SelectorText, dialect: Dialect): WrittenRequirement[] {
  checkSelectorText(source);
  const reader = new Reader(source, dialect);
  const requirements: WrittenRequirement[] = [];
  if (reader.peek().kind === 'end') return requirements;
  for (;;) {
    if (requirements.length === selectorLimits.requirements) {
      throw selectorError(source, reader.offset, `expected at most ${selectorLimits.requirements} requirements`);
    }
    requirements.push(reader.requirement());
    const token = reader.peek();
    if (token.kind === 'end') return requirements;
    if (!isSymbol(token, ',')) reader.refuse(token, `',' or end`);
    reader.take(token);
  }
}

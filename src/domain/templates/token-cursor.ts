import type { Token } from './scan-template.ts';
import { quoted, TemplateError } from './template-error.ts';
import type { VariableNames } from './variable-names.ts';

export type { Token } from './scan-template.ts';

/** Walks the tokens of one action, and knows where in the template that is. The last token, `end`, is never passed. */
export class TokenCursor {
  readonly source: string;
  /** The variables that can be used in this action. */
  readonly variables: VariableNames;
  /** Says that "." is the root here: the action is not in the body of a `{{with}}`. */
  readonly dotIsRoot: boolean;
  readonly #tokens: readonly Token[];
  #position = 0;

  constructor(source: string, tokens: readonly Token[], variables: VariableNames, dotIsRoot: boolean) {
    this.source = source;
    this.#tokens = tokens;
    this.variables = variables;
    this.dotIsRoot = dotIsRoot;
  }

  /** The token that comes next, or the one `ahead` after it. */
  peek(ahead = 0): Token {
    const token = this.#tokens[this.#position + ahead] ?? this.#tokens.at(-1);
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

/** Spelling of a token in an error. */
export function describe(token: Token): string {
  switch (token.kind) {
    case 'field':
      return quoted(`.${token.name}`);
    case 'word':
      return quoted(token.word);
    case 'variable':
      return quoted(`$${token.name}`);
    case 'literal':
      return typeof token.value === 'string' ? `string ${quoted(token.value)}` : quoted(String(token.value));
    case 'dot':
      return '"."';
    case 'pipe':
      return '"|"';
    case 'open':
      return '"("';
    case 'close':
      return '")"';
    case 'declare':
      return '":="';
    case 'assign':
      return '"="';
    case 'end':
      return '"}}"';
    default:
      return token satisfies never;
  }
}

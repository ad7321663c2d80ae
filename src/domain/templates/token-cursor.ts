import type { Token } from './scan-template.ts';
import { TemplateError } from './template-error.ts';
import type { VariableNames } from './variable-names.ts';
import { quoted } from '../quoted.ts';

export type { Token } from './scan-template.ts';

/** Walks the tokens of one action, and knows the surroundings in the template. It never passes the last token, `end`. */
export class TokenCursor {
  readonly source: string;
  /** The variables that can be used in this action. */
  readonly variables: VariableNames;
  /** True if "." is the root here, that is, outside the body of any `{{with}}`. */
  readonly dotIsRoot: boolean;
  readonly #tokens: readonly Token[];
  #position = 0;

  constructor(source: string, tokens: readonly Token[], variables: VariableNames, dotIsRoot: boolean) {
    this.source = source;
    this.#tokens = tokens;
    this.variables = variables;
    this.dotIsRoot = dotIsRoot;
  }

  /** The next token, or the one `ahead` tokens after it. */
  peek(ahead = 0): Token {
    const token = this.#tokens[this.#position + ahead] ?? this.#tokens.at(-1);
    if (token === undefined) throw new Error('an action has no token "end"');
    return token;
  }

  /** The next token if it is a word. */
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

/** Words a token for an error. */
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

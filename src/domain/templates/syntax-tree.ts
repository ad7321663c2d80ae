import type { FunctionName } from './template-functions.ts';

/** A compiled template. It holds nothing of any device, so one serves a whole fleet. */
export type Template = {
  readonly source: string;
  readonly nodes: readonly TemplateNode[];
  /** Number of variables that it declares. Each declaration has its own number, whatever its name and scope. */
  readonly variableCount: number;
  /** Number of tokens in its actions, which is a measure of its memory beside the text. */
  readonly tokenCount: number;
};

export type TemplateNode =
  | TextNode
  | { readonly kind: 'output'; readonly expression: Expression }
  | { readonly kind: 'set'; readonly variable: number; readonly expression: Expression }
  | BlockNode;

/** `bytes` is the length of the text in UTF-8. */
type TextNode = {
  readonly kind: 'text';
  readonly offset: number;
  readonly text: string;
  readonly bytes: number;
};

/** `{{if}}` or `{{with}}`, its `{{else if}}` or `{{else with}}` branches in order, and its `{{else}}`. */
export type BlockNode = {
  readonly kind: 'if' | 'with';
  readonly branches: readonly Branch[];
  readonly otherwise: readonly TemplateNode[];
};

/** `variable` is the one that stores the condition, as in `{{ if $x := … }}`. */
export type Branch = {
  readonly condition: Expression;
  readonly variable: number | undefined;
  readonly nodes: readonly TemplateNode[];
};

/** `offset` is where the expression starts in the source, in UTF-16 code units. */
export type Expression = Place | FieldExpression | LiteralExpression | CallExpression | PipelineExpression;

type LiteralExpression = {
  readonly kind: 'literal';
  readonly offset: number;
  readonly value: string | boolean | bigint;
};

/** `.`, `$` or `$x` */
export type Place =
  | { readonly kind: 'dot' | 'root'; readonly offset: number }
  | { readonly kind: 'variable'; readonly offset: number; readonly variable: number };

/** `.a.b`, `$.a.b` or `$x.a.b` */
type FieldExpression = {
  readonly kind: 'field';
  readonly offset: number;
  readonly base: Place;
  readonly names: readonly string[];
};

export type CallExpression = {
  readonly kind: 'call';
  readonly offset: number;
  readonly name: FunctionName;
  readonly args: readonly Expression[];
};

/** `first | call | call`: each call takes the value before it as one more, last argument. */
type PipelineExpression = {
  readonly kind: 'pipeline';
  readonly offset: number;
  readonly first: Expression;
  readonly calls: readonly CallExpression[];
};

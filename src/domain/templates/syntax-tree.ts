import type { FunctionName } from './template-functions.ts';

/** A compiled template. It holds nothing of any device, so one serves a whole fleet. */
export type Template = {
  readonly source: string;
  readonly nodes: readonly TemplateNode[];
};

export type TemplateNode =
  | { readonly kind: 'text'; readonly offset: number; readonly text: string }
  | { readonly kind: 'output'; readonly expression: Expression }
  | BlockNode;

/** `{{if}}` or `{{with}}`, its `{{else if}}` or `{{else with}}` branches in order, and its `{{else}}`. */
export type BlockNode = {
  readonly kind: 'if' | 'with';
  readonly branches: readonly Branch[];
  readonly otherwise: readonly TemplateNode[];
};

export type Branch = { readonly condition: Expression; readonly nodes: readonly TemplateNode[] };

/** `offset` is where the expression starts in the source, in UTF-16 code units. */
export type Expression =
  | { readonly kind: 'literal'; readonly offset: number; readonly value: string | boolean | bigint }
  | { readonly kind: 'dot'; readonly offset: number }
  | { readonly kind: 'root'; readonly offset: number }
  | FieldExpression
  | CallExpression
  | PipelineExpression;

/** `.a.b`, `$.a.b` or `(…).a.b` */
export type FieldExpression = {
  readonly kind: 'field';
  readonly offset: number;
  readonly base: Expression;
  readonly names: readonly string[];
};

export type CallExpression = {
  readonly kind: 'call';
  readonly offset: number;
  readonly name: FunctionName;
  readonly args: readonly Expression[];
};

/** `first | call | call`: each call takes what stands before it as one more, last argument. */
export type PipelineExpression = {
  readonly kind: 'pipeline';
  readonly offset: number;
  readonly first: Expression;
  readonly calls: readonly CallExpression[];
};

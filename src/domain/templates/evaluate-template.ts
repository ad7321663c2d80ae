import { defaultMaxOutputBytes, OutputBudget } from './output-budget.ts';
import { Scope, type Filling, type TemplateDevice } from './scope.ts';
import type { BlockNode, CallExpression, Expression, Template, TemplateNode } from './syntax-tree.ts';
import { TemplateError } from './template-error.ts';
import { applyFunction } from './template-functions.ts';
import { isTrue, kindOf, printed, readMap, rootMap, type TemplateValue } from './template-values.ts';
import { quoted } from '../quoted.ts';

/**
 * Fills a template in for a device. The same template and device always give the same text.
 *
 * @param budget bounds, which the caller may share among several templates; {@link defaultMaxOutputBytes} by default
 * @throws TemplateError and nothing else: a label that is not set, values that do not fit, the budget spent
 */
export function evaluateTemplate(template: Template, device: TemplateDevice, budget = new OutputBudget()): string {
  return runTemplate(template, { device, budget, isTrial: false }, undefined);
}

const trialDevice: TemplateDevice = { name: 'name', labels: {} };

/** Bounds for trying all templates of a spec. */
export class TrialBudget {
  readonly forDevice = new OutputBudget();
  /** For all branches; a device takes only some of them. */
  readonly forEveryBranch = new OutputBudget(4 * defaultMaxOutputBytes);
}

/**
 * Fills a template in as far as possible without a device: missing labels are empty. Then looks at every branch, also those
 * that were not taken, as long as the budget lasts.
 *
 * @throws TemplateError for an error that every device would have
 */
export function tryTemplate(template: Template, { forDevice, forEveryBranch }: TrialBudget): undefined {
  runTemplate(template, { device: trialDevice, budget: forDevice, isTrial: true }, undefined);
  try {
    runTemplate(template, { device: trialDevice, budget: forEveryBranch, isTrial: true }, []);
  } catch (error) {
    if (!(error instanceof TemplateError) || !forEveryBranch.exhausted) throw error;
  }
}

type Run = {
  readonly template: Template;
  readonly filling: Filling;
  /** Values of the variables, by number. */
  readonly variables: TemplateValue[];
  readonly output: string[];
  /** Variables changed in the current branch, with their earlier values; only while every branch is looked at. */
  readonly changes: Change[] | undefined;
};

type Change = { readonly variable: number; readonly before: TemplateValue };

function runTemplate(template: Template, filling: Filling, changes: Change[] | undefined): string {
  const variables = Array.from({ length: template.variableCount }, () => false);
  const run: Run = { template, filling, variables, output: [], changes };
  writeNodes(template.nodes, rootMap, run);
  return run.output.join('');
}

function scopeAt(run: Run, offset: number): Scope {
  return new Scope(run.filling, run.template.source, offset);
}

function writeNodes(nodes: readonly TemplateNode[], dot: TemplateValue, run: Run): void {
  for (const node of nodes) {
    switch (node.kind) {
      case 'text':
        scopeAt(run, node.offset).spend(node.bytes);
        run.output.push(node.text);
        break;
      case 'output': {
        const scope = scopeAt(run, node.expression.offset);
        const text = printed(evaluate(node.expression, dot, run), scope);
        scope.spend(Buffer.byteLength(text));
        run.output.push(text);
        break;
      }
      case 'set':
        setVariable(node.variable, evaluate(node.expression, dot, run), run);
        break;
      case 'if':
      case 'with':
        if (run.changes === undefined) writeBlock(node, dot, run);
        else writeEveryBranch(node, dot, run, run.changes);
        break;
      default:
        node satisfies never;
    }
  }
}

function setVariable(variable: number | undefined, value: TemplateValue, run: Run): void {
  if (variable === undefined) return;
  const before = run.variables[variable];
  if (before !== undefined) run.changes?.push({ variable, before });
  run.variables[variable] = value;
}

function writeBlock(block: BlockNode, dot: TemplateValue, run: Run): void {
  for (const { condition, variable, nodes } of block.branches) {
    const value = evaluate(condition, dot, run);
    setVariable(variable, value, run);
    if (isTrue(value)) return writeNodes(nodes, block.kind === 'with' ? value : dot, run);
  }
  writeNodes(block.otherwise, dot, run);
}

/**
 * Writes every branch of a block. Each begins with the variables as they were before the block, and so does the text after
 * the block.
 */
function writeEveryBranch(block: BlockNode, dot: TemplateValue, run: Run, changes: Change[]): void {
  const undone = (nodes: readonly TemplateNode[], inner: TemplateValue): void => {
    const mark = changes.length;
    writeNodes(nodes, inner, run);
    for (const { variable, before } of changes.splice(mark).toReversed()) run.variables[variable] = before;
  };
  for (const { condition, variable, nodes } of block.branches) {
    const value = evaluate(condition, dot, run);
    setVariable(variable, value, run);
    undone(nodes, block.kind === 'with' ? value : dot);
  }
  undone(block.otherwise, dot);
}

function evaluate(expression: Expression, dot: TemplateValue, run: Run): TemplateValue {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'dot':
      return dot;
    case 'root':
      return rootMap;
    case 'variable':
      return run.variables[expression.variable] ?? false;
    case 'field': {
      const base = evaluate(expression.base, dot, run);
      const scope = scopeAt(run, expression.offset);
      if (typeof base === 'object') return readMap(base, expression.names, scope);
      return scope.fail(`${kindOf(base)} has no field ${quoted(expression.names[0] ?? '')}`);
    }
    case 'call':
      return call(expression, undefined, dot, run);
    case 'pipeline': {
      let value = evaluate(expression.first, dot, run);
      for (const next of expression.calls) value = call(next, value, dot, run);
      return value;
    }
    default:
      return expression satisfies never;
  }
}

/** @param piped the last argument, if there is one before a "|" */
function call(
  expression: CallExpression,
  piped: TemplateValue | undefined,
  dot: TemplateValue,
  run: Run,
): TemplateValue {
  const { name, args } = expression;
  if (name === 'and' || name === 'or') return firstThatDecides(name === 'or', args, piped, dot, run);
  const values = args.map((argument) => evaluate(argument, dot, run));
  return applyFunction(name, piped === undefined ? values : [...values, piped], scopeAt(run, expression.offset));
}

/**
 * Evaluates `and` and `or`: the first false value (`and`) or true value (`or`), else the last one. Later arguments are not
 * evaluated.
 */
function firstThatDecides(
  truth: boolean,
  args: readonly Expression[],
  piped: TemplateValue | undefined,
  dot: TemplateValue,
  run: Run,
): TemplateValue {
  let decided: TemplateValue | undefined;
  let last: TemplateValue = piped ?? false;
  for (const argument of args) {
    const value = evaluate(argument, dot, run);
    if (isTrue(value) === truth) decided ??= value;
    if (decided !== undefined && run.changes === undefined) return decided;
    if (piped === undefined) last = value;
  }
  return decided ?? last;
}

import { OutputBudget } from './output-budget.ts';
import { Scope } from './scope.ts';
import type { TemplateDevice } from './scope.ts';
import type { BlockNode, CallExpression, Expression, Template, TemplateNode } from './syntax-tree.ts';
import { quoted } from './template-error.ts';
import { applyFunction } from './template-functions.ts';
import { isTrue, kindOf, printed, readMap, rootMap } from './template-values.ts';
import type { TemplateValue } from './template-values.ts';

/**
 * Renders a template for a device. The same template and device give the same text always.
 *
 * @param budget what the rendering may take, shared with others if the caller likes; 1 MiB otherwise
 * @throws TemplateError and nothing else: a label that is not set, values that do not fit, the budget spent
 */
export function evaluateTemplate(template: Template, device: TemplateDevice, budget = new OutputBudget()): string {
  const run: Run = { template, device, budget, output: [] };
  writeNodes(template.nodes, rootMap, run);
  return run.output.join('');
}

type Run = {
  readonly template: Template;
  readonly device: TemplateDevice;
  readonly budget: OutputBudget;
  readonly output: string[];
};

function scopeAt(run: Run, offset: number): Scope {
  return new Scope(run.device, run.budget, run.template.source, offset);
}

function writeNodes(nodes: readonly TemplateNode[], dot: TemplateValue, run: Run): void {
  for (const node of nodes) {
    switch (node.kind) {
      case 'text':
        write(node.text, run, scopeAt(run, node.offset));
        break;
      case 'output': {
        const scope = scopeAt(run, node.expression.offset);
        write(printed(evaluate(node.expression, dot, run), scope), run, scope);
        break;
      }
      case 'if':
      case 'with':
        writeBlock(node, dot, run);
        break;
      default:
        node satisfies never;
    }
  }
}

function write(text: string, run: Run, scope: Scope): void {
  scope.spend(Buffer.byteLength(text));
  run.output.push(text);
}

function writeBlock(block: BlockNode, dot: TemplateValue, run: Run): void {
  for (const { condition, nodes } of block.branches) {
    const value = evaluate(condition, dot, run);
    if (isTrue(value, run.device)) return writeNodes(nodes, block.kind === 'with' ? value : dot, run);
  }
  writeNodes(block.otherwise, dot, run);
}

function evaluate(expression: Expression, dot: TemplateValue, run: Run): TemplateValue {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'dot':
      return dot;
    case 'root':
      return rootMap;
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

/** @param piped the last argument, if it comes from before a "|" */
function call(
  expression: CallExpression,
  piped: TemplateValue | undefined,
  dot: TemplateValue,
  run: Run,
): TemplateValue {
  const { name, offset } = expression;
  if (name === 'and' || name === 'or') {
    for (const [position, argument] of expression.args.entries()) {
      const value = evaluate(argument, dot, run);
      const isLast = piped === undefined && position === expression.args.length - 1;
      if (isLast || isTrue(value, run.device) === (name === 'or')) return value;
    }
    return piped ?? false;
  }
  const args = expression.args.map((argument) => evaluate(argument, dot, run));
  return applyFunction(name, piped === undefined ? args : [...args, piped], scopeAt(run, offset));
}

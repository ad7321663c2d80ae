import type { Scope } from './scope.ts';
import { mapCase, occurrences } from './template-text.ts';
import { compareValues, equalValues, isTrue, kindOf, readMap } from './template-values.ts';
import type { TemplateValue } from './template-values.ts';

/**
 * The functions that templates know, with how many arguments they take, a piped one included. `upper` to `getOrDefault`
 * are Flight Control's, the rest are Go's.
 */
const arities = {
  upper: { least: 1, most: 1 },
  lower: { least: 1, most: 1 },
  replace: { least: 3, most: 3 },
  getOrDefault: { least: 3, most: 3 },
  index: { least: 2, most: 2 },
  eq: { least: 2, most: Infinity },
  ne: { least: 2, most: 2 },
  lt: { least: 2, most: 2 },
  le: { least: 2, most: 2 },
  gt: { least: 2, most: 2 },
  ge: { least: 2, most: 2 },
  and: { least: 1, most: Infinity },
  or: { least: 1, most: Infinity },
  not: { least: 1, most: 1 },
} as const;

export type FunctionName = keyof typeof arities;
/** `and` and `or` do not evaluate all of their arguments, so they are no functions of values. */
export type EagerFunctionName = Exclude<FunctionName, 'and' | 'or'>;

export const functionNames: readonly string[] = Object.keys(arities);

export function isFunctionName(word: string): word is FunctionName {
  return Object.hasOwn(arities, word);
}

/** What is wrong with that many arguments, or undefined. */
export function arityProblem(name: FunctionName, count: number): string | undefined {
  const { least, most } = arities[name];
  if (count >= least && count <= most) return undefined;
  const wanted = most === Infinity ? `at least ${least}` : String(least);
  return `${name} takes ${wanted} argument${wanted === '1' || wanted === 'at least 1' ? '' : 's'}, found ${count}`;
}

/** Applies a function to as many arguments as it takes. */
export function applyFunction(name: EagerFunctionName, args: readonly TemplateValue[], scope: Scope): TemplateValue {
  switch (name) {
    case 'upper':
    case 'lower':
      return changeCase(name, textArgument(name, args, 0, scope), scope);
    case 'replace': {
      const [old, replacement] = [textArgument(name, args, 0, scope), textArgument(name, args, 1, scope)];
      return replaceAll(old, replacement, textArgument(name, args, 2, scope), scope);
    }
    case 'getOrDefault':
      return getOrDefault(args, scope);
    case 'index': {
      const map = argument(name, args, 0, scope);
      if (typeof map !== 'object') return scope.fail(`argument 1 of index must be a map, found ${kindOf(map)}`);
      return readMap(map, [textArgument(name, args, 1, scope)], scope);
    }
    case 'eq': {
      const first = argument(name, args, 0, scope);
      return args.slice(1).some((other) => equalValues(name, first, other, scope));
    }
    case 'ne':
      return !equalValues(name, argument(name, args, 0, scope), argument(name, args, 1, scope), scope);
    case 'lt':
      return order(name, args, scope) < 0;
    case 'le':
      return order(name, args, scope) <= 0;
    case 'gt':
      return order(name, args, scope) > 0;
    case 'ge':
      return order(name, args, scope) >= 0;
    case 'not':
      return !isTrue(argument(name, args, 0, scope), scope.device);
    default:
      return name satisfies never;
  }
}

function argument(name: string, args: readonly TemplateValue[], position: number, scope: Scope): TemplateValue {
  return args[position] ?? scope.fail(`${name} lacks argument ${position + 1}`);
}

function textArgument(name: string, args: readonly TemplateValue[], position: number, scope: Scope): string {
  const value = argument(name, args, position, scope);
  if (typeof value === 'string') return value;
  return scope.fail(`argument ${position + 1} of ${name} must be a string, found ${kindOf(value)}`);
}

function order(name: string, args: readonly TemplateValue[], scope: Scope): number {
  return compareValues(name, argument(name, args, 0, scope), argument(name, args, 1, scope), scope);
}

function changeCase(to: 'upper' | 'lower', text: string, scope: Scope): string {
  scope.spend(Buffer.byteLength(text));
  return mapCase(text, to);
}

function getOrDefault(args: readonly TemplateValue[], scope: Scope): TemplateValue {
  const map = argument('getOrDefault', args, 0, scope);
  const key = textArgument('getOrDefault', args, 1, scope);
  const fallback = textArgument('getOrDefault', args, 2, scope);
  if (typeof map !== 'object' || map.map !== 'labels') {
    return scope.fail(`argument 1 of getOrDefault must be .metadata.labels, found ${kindOf(map)}`);
  }
  return Object.hasOwn(scope.device.labels, key) ? readMap(map, [key], scope) : fallback;
}

function replaceAll(old: string, replacement: string, input: string, scope: Scope): string {
  const inputBytes = Buffer.byteLength(input);
  const growthBytes = occurrences(input, old) * (Buffer.byteLength(replacement) - Buffer.byteLength(old));
  // Known before the text is made: replacing in what was replaced grows exponentially.
  scope.spend(Math.max(inputBytes, inputBytes + growthBytes));
  if (old === '') return replacement + Array.from(input, (character) => character + replacement).join('');
  return input.replaceAll(old, () => replacement);
}

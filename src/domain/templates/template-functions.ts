import { escapeHtml, escapeJavaScript, escapeUrlQuery } from './escape-text.ts';
import { formatText } from './format-text.ts';
import type { Scope } from './scope.ts';
import { sliceBytes } from './slice-text.ts';
import { mapCase, occurrences } from './template-text.ts';
import {
  compareValues,
  entryCount,
  entryOf,
  equalValues,
  isTrue,
  kindOf,
  labelOf,
  operandText,
  printed,
} from './template-values.ts';
import type { TemplateValue } from './template-values.ts';

/**
 * The functions of templates, each with the number of arguments that it takes, a piped one included. `upper` to
 * `getOrDefault` are Flight Control's, the rest are Go's.
 */
const arities = {
  upper: { least: 1, most: 1 },
  lower: { least: 1, most: 1 },
  replace: { least: 3, most: 3 },
  getOrDefault: { least: 3, most: 3 },
  index: { least: 1, most: Infinity },
  len: { least: 1, most: 1 },
  slice: { least: 1, most: 3 },
  print: { least: 0, most: Infinity },
  println: { least: 0, most: Infinity },
  printf: { least: 1, most: Infinity },
  html: { least: 0, most: Infinity },
  js: { least: 0, most: Infinity },
  urlquery: { least: 0, most: Infinity },
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
/** The functions that evaluate all of their arguments; `and` and `or` do not. */
type EagerFunctionName = Exclude<FunctionName, 'and' | 'or'>;

export const functionNames: readonly string[] = Object.keys(arities);

export function isFunctionName(word: string): word is FunctionName {
  return Object.hasOwn(arities, word);
}

/** The problem with a number of arguments; undefined if there is none. */
export function arityProblem(name: FunctionName, count: number): string | undefined {
  const { least, most } = arities[name];
  if (count >= least && count <= most) return undefined;
  const plural = most === 1 || (most === Infinity && least === 1) ? '' : 's';
  return `${name} takes ${wantedCount(least, most)} argument${plural}, found ${count}`;
}

function wantedCount(least: number, most: number): string {
  if (most === Infinity) return `at least ${least}`;
  return least === most ? String(least) : `${least} to ${most}`;
}

type Args = readonly TemplateValue[];

/** Applies a function to as many arguments as it takes. */
export function applyFunction(name: EagerFunctionName, args: Args, scope: Scope): TemplateValue {
  scope.read(args.reduce((sum, value) => sum + (typeof value === 'string' ? value.length : 1), 0));
  switch (name) {
    case 'upper':
    case 'lower':
      return made(mapCase(textArgument(name, args, 0, scope), name), scope);
    case 'replace': {
      const [old, replacement] = [textArgument(name, args, 0, scope), textArgument(name, args, 1, scope)];
      return replaceAll(old, replacement, textArgument(name, args, 2, scope), scope);
    }
    case 'getOrDefault':
      return getOrDefault(args, scope);
    case 'index':
      return args
        .slice(1)
        .reduce((item, _key, position) => entryAt(item, args, position + 1, scope), argument(name, args, 0, scope));
    case 'len':
      return lengthOf(argument(name, args, 0, scope), scope);
    case 'slice': {
      const bounds = args.slice(1).map((_bound, position) => integerArgument(name, args, position + 1, scope));
      return sliceBytes(textArgument(name, args, 0, scope), bounds, scope);
    }
    case 'print':
      return made(
        sprint(args, (value) => operandText(value, scope)),
        scope,
      );
    case 'println':
      return made(`${args.map((value) => operandText(value, scope)).join(' ')}\n`, scope);
    case 'printf':
      return formatText(textArgument(name, args, 0, scope), args.slice(1), scope);
    case 'html':
      return made(escapeHtml(sprint(args, (value) => printed(value, scope))), scope);
    case 'js':
      return made(escapeJavaScript(sprint(args, (value) => printed(value, scope))), scope);
    case 'urlquery':
      return made(escapeUrlQuery(sprint(args, (value) => printed(value, scope))), scope);
    case 'eq':
      return args.slice(1).some((other) => equalValues(name, argument(name, args, 0, scope), other, scope));
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
      return !isTrue(argument(name, args, 0, scope));
    default:
      return name satisfies never;
  }
}

/** Takes text that a function made from the budget, and returns it. */
function made(text: string, scope: Scope): string {
  scope.spend(Buffer.byteLength(text));
  return text;
}

function argument(name: string, args: Args, position: number, scope: Scope): TemplateValue {
  return args[position] ?? scope.fail(`${name} lacks argument ${position + 1}`);
}

function textArgument(name: string, args: Args, position: number, scope: Scope): string {
  const value = argument(name, args, position, scope);
  if (typeof value === 'string') return value;
  return scope.fail(`argument ${position + 1} of ${name} must be a string, found ${kindOf(value)}`);
}

function integerArgument(name: string, args: Args, position: number, scope: Scope): bigint {
  const value = argument(name, args, position, scope);
  if (typeof value === 'bigint') return value;
  return scope.fail(`argument ${position + 1} of ${name} must be an integer, found ${kindOf(value)}`);
}

function order(name: string, args: Args, scope: Scope): number {
  return compareValues(name, argument(name, args, 0, scope), argument(name, args, 1, scope), scope);
}

function getOrDefault(args: Args, scope: Scope): TemplateValue {
  const map = argument('getOrDefault', args, 0, scope);
  const key = textArgument('getOrDefault', args, 1, scope);
  const fallback = textArgument('getOrDefault', args, 2, scope);
  if (typeof map !== 'object' || map.map !== 'labels') {
    return scope.fail(`argument 1 of getOrDefault must be .metadata.labels, found ${kindOf(map)}`);
  }
  return labelOf(key, scope) ?? fallback;
}

function entryAt(item: TemplateValue, args: Args, position: number, scope: Scope): TemplateValue {
  if (typeof item === 'object') return entryOf(item, textArgument('index', args, position, scope), scope);
  if (typeof item !== 'string') return scope.fail(`index looks into a map or a string, found ${kindOf(item)}`);
  const at = integerArgument('index', args, position, scope);
  const bytes = Buffer.from(item);
  const byte = at < 0n || at >= bytes.length ? undefined : bytes[Number(at)];
  if (byte !== undefined) return BigInt(byte);
  return scope.failForDevice(`index ${at} is outside of a string of ${bytes.length} bytes`, 0n);
}

function lengthOf(value: TemplateValue, scope: Scope): bigint {
  if (typeof value === 'string') return BigInt(Buffer.byteLength(value));
  if (typeof value === 'object') return BigInt(entryCount(value, scope));
  return scope.fail(`len takes a string or a map, found ${kindOf(value)}`);
}

/** The arguments as one text, with a space between two that are both not strings. */
function sprint(args: Args, text: (value: TemplateValue) => string): string {
  return args
    .map((value, position) => {
      const before = args[position - 1];
      const isApart = before !== undefined && typeof before !== 'string' && typeof value !== 'string';
      return `${isApart ? ' ' : ''}${text(value)}`;
    })
    .join('');
}

function replaceAll(old: string, replacement: string, input: string, scope: Scope): string {
  const inputBytes = Buffer.byteLength(input);
  const growthBytes = occurrences(input, old) * (Buffer.byteLength(replacement) - Buffer.byteLength(old));
  // Checked before the text is made: repeated replacing grows exponentially.
  scope.spend(Math.max(inputBytes, inputBytes + growthBytes));
  if (old === '') return replacement + Array.from(input, (character) => character + replacement).join('');
  return input.replaceAll(old, () => replacement);
}

import type { Scope, TemplateDevice } from './scope.ts';
import { excerpt, quoted } from './template-error.ts';
import { compareText } from './template-text.ts';

/** A map stands for a place in the device's data, so that there is no way to any other. Integers are Go's int64. */
export type TemplateMap = { readonly map: 'root' | 'metadata' | 'labels' };
export type TemplateValue = string | boolean | bigint | TemplateMap;

export const rootMap: TemplateMap = { map: 'root' };

export function kindOf(value: TemplateValue): string {
  switch (typeof value) {
    case 'string':
      return 'a string';
    case 'boolean':
      return 'a boolean';
    case 'bigint':
      return 'an integer';
    case 'object':
      return 'a map';
    default:
      return value satisfies never;
  }
}

const pathOf = { root: '', metadata: '.metadata', labels: '.metadata.labels' } as const;

/**
 * Follows a path of at least one name from a map. Only `.metadata.name` and `.metadata.labels` exist, as in Flight
 * Control; a label that is not set is an error (Go's `missingkey=error`), here for `index` too.
 */
export function readMap(map: TemplateMap, names: readonly string[], scope: Scope): TemplateValue {
  let value: TemplateValue = map;
  for (const [position, name] of names.entries()) {
    if (typeof value !== 'object') {
      const path = excerpt([pathOf[map.map], ...names.slice(0, position)].join('.'));
      return scope.fail(`${path} is ${kindOf(value)} and has no field ${quoted(name)}`);
    }
    value = readEntry(value, name, names.slice(position), scope);
  }
  return value;
}

function readEntry(map: TemplateMap, name: string, rest: readonly string[], scope: Scope): TemplateValue {
  switch (map.map) {
    case 'root':
      if (name === 'metadata') return { map: 'metadata' };
      break;
    case 'metadata':
      if (name === 'name') return scope.device.name;
      if (name === 'labels') return { map: 'labels' };
      break;
    case 'labels': {
      const label = Object.hasOwn(scope.device.labels, name) ? scope.device.labels[name] : undefined;
      return label ?? scope.fail(`label ${quoted(name)} is not set on device ${excerpt(scope.device.name)}`);
    }
    default:
      return map.map satisfies never;
  }
  const path = excerpt([pathOf[map.map], ...rest].join('.'));
  return scope.fail(`${path} is not available: templates can only use .metadata.name and .metadata.labels`);
}

/** Go's truth: false, 0, the empty string and an empty map are false, all else is true. */
export function isTrue(value: TemplateValue, device: TemplateDevice): boolean {
  if (typeof value !== 'object') return Boolean(value);
  return value.map !== 'labels' || Object.keys(device.labels).length > 0;
}

/** How `{{ value }}` appears in the output. */
export function printed(value: TemplateValue, scope: Scope): string {
  if (typeof value !== 'object') return String(value);
  if (value.map !== 'labels') {
    return scope.fail(`${pathOf[value.map] || '.'} is a map, which has no text`);
  }
  const labels = Object.entries(scope.device.labels).toSorted(([left], [right]) => compareText(left, right));
  return `map[${labels.map(([key, label]) => `${key}:${label}`).join(' ')}]`;
}

/** @param name of the function that asks, for the error */
export function equalValues(name: string, left: TemplateValue, right: TemplateValue, scope: Scope): boolean {
  return sameKind(name, left, right, scope) && left === right;
}

/** Negative, zero or positive. @param name of the function that asks, for the error */
export function compareValues(name: string, left: TemplateValue, right: TemplateValue, scope: Scope): number {
  sameKind(name, left, right, scope);
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right);
  if (typeof left === 'bigint' && typeof right === 'bigint') return left < right ? -1 : Number(left > right);
  return scope.fail(`${name} has no order for ${kindOf(left)}`);
}

function sameKind(name: string, left: TemplateValue, right: TemplateValue, scope: Scope): true {
  if (typeof left !== typeof right) return scope.fail(`${name} cannot compare ${kindOf(left)} with ${kindOf(right)}`);
  if (typeof left === 'object') return scope.fail(`${name} cannot compare maps`);
  return true;
}

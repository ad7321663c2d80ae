import type { Scope } from './scope.ts';
import { notAvailable } from './template-error.ts';
import { compareText } from './template-text.ts';
import { quoted, shortened } from '../quoted.ts';

/** A map of the device's data, by name, so that templates cannot reach any other data. Integers are Go's int64. */
export type TemplateMap = { readonly map: 'root' | 'metadata' | 'labels' };
export type TemplateValue = string | boolean | bigint | TemplateMap;

export const rootMap: TemplateMap = { map: 'root' };
const metadataMap: TemplateMap = { map: 'metadata' };
const labelsMap: TemplateMap = { map: 'labels' };

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

const pathOf = { root: [], metadata: ['metadata'], labels: ['metadata', 'labels'] } as const;

/**
 * Follows a path of at least one name from a map. Only `.metadata.name` and `.metadata.labels` exist, as in Flight Control;
 * a label that is not set is an error, as under Go's `missingkey=error`.
 */
export function readMap(map: TemplateMap, names: readonly string[], scope: Scope): TemplateValue {
  let value: TemplateValue = map;
  for (const [position, name] of names.entries()) {
    if (typeof value !== 'object') {
      const path = shortened(['', ...pathOf[map.map], ...names.slice(0, position)].join('.'));
      return scope.fail(`${path} is ${kindOf(value)} and has no field ${quoted(name)}`);
    }
    value = readEntry(value, name, names.slice(position), scope);
  }
  return value;
}

function readEntry(map: TemplateMap, name: string, rest: readonly string[], scope: Scope): TemplateValue {
  if (map.map !== 'labels') return knownEntry(map.map, name, rest, scope);
  const label = labelOf(name, scope);
  if (label !== undefined) return label;
  return scope.failForDevice(`label ${quoted(name)} is not set on device ${shortened(scope.device.name)}`, '');
}

function knownEntry(map: 'root' | 'metadata', name: string, rest: readonly string[], scope: Scope): TemplateValue {
  if (map === 'root' && name === 'metadata') return metadataMap;
  if (map === 'metadata' && name === 'name') return scope.device.name;
  if (map === 'metadata' && name === 'labels') return labelsMap;
  return scope.fail(notAvailable([...pathOf[map], ...rest]));
}

/** The value of a label; undefined if it is not set. */
export function labelOf(key: string, { device }: Scope): string | undefined {
  return Object.hasOwn(device.labels, key) ? device.labels[key] : undefined;
}

/** An entry of a map as Go's `index` gives it: a label that is not set is empty. */
export function entryOf(map: TemplateMap, key: string, scope: Scope): TemplateValue {
  return map.map === 'labels' ? (labelOf(key, scope) ?? '') : knownEntry(map.map, key, [key], scope);
}

/** Number of entries of a map. */
export function entryCount({ map }: TemplateMap, scope: Scope): number {
  switch (map) {
    case 'root':
      return 1;
    case 'metadata':
      return 2;
    case 'labels':
      return Object.keys(scope.device.labels).length;
    default:
      return map satisfies never;
  }
}

/** Go's truth: false, 0 and the empty string are false, everything else is true, also labels without entries. */
export function isTrue(value: TemplateValue): boolean {
  return Boolean(value);
}

/** A value as `{{ value }}` prints it. */
export function printed(value: TemplateValue, scope: Scope): string {
  if (typeof value !== 'object') return String(value);
  if (value.map !== 'labels') {
    return scope.fail(`.${pathOf[value.map].join('.')} is a map, which has no text`);
  }
  const labels = Object.entries(scope.device.labels).toSorted(([left], [right]) => compareText(left, right));
  return `map[${labels.map(([key, label]) => `${key}:${label}`).join(' ')}]`;
}

/** A value as `print` and `printf` write it: the labels are a pointer there, which Go marks with "&". */
export function operandText(value: TemplateValue, scope: Scope): string {
  return typeof value === 'object' ? `&${printed(value, scope)}` : String(value);
}

/** @param name of the calling function, for the error */
export function equalValues(name: string, left: TemplateValue, right: TemplateValue, scope: Scope): boolean {
  return sameKind(name, left, right, scope) && left === right;
}

/** Negative, zero or positive. @param name of the calling function, for the error */
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

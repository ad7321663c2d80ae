import { fieldNamed, fieldsBehind, type FieldCatalogue, type FieldType } from './field-catalogue.ts';
import type { FieldRequirement, FieldSelector } from './field-selector.ts';
import type { OrderingOperator } from './grammar.ts';
import { canonicalTimestamp } from './operands.ts';

/** The value of a field: a timestamp as a Date or in RFC 3339, an integer as a number or a bigint. Absent is NULL. */
type FieldValue = string | number | bigint | boolean | Date | readonly string[] | null | undefined;

/** The values of the fields of one resource, by the names of its catalogue; a name that covers other fields needs none. */
export type FieldValues = Readonly<Record<string, FieldValue>>;

/** True if a resource satisfies a selector that was parsed with the same catalogue. */
export function matchesFields(selector: FieldSelector, values: FieldValues, catalogue: FieldCatalogue): boolean {
  return selector.requirements.every((requirement) => {
    const { type } = fieldNamed(catalogue, requirement.field);
    return fieldsBehind(catalogue, requirement.field).some((field) => holds(requirement, type, values[field] ?? null));
  });
}

type Present = NonNullable<FieldValue>;

function holds(requirement: FieldRequirement, type: FieldType, value: Present | null): boolean {
  switch (requirement.operator) {
    case 'exists':
      return value !== null;
    case 'notExists':
      return value === null;
    case 'in':
      return value !== null && isOneOf(requirement.operands, type, value);
    case 'notIn':
      return value === null || !isOneOf(requirement.operands, type, value);
    case 'contains':
      return value !== null && contains(requirement.operand, value);
    case 'notContains':
      return value === null || !contains(requirement.operand, value);
    case '>':
    case '>=':
    case '<':
    case '<=':
      return value !== null && ordered(order(type, spelling(type, value), requirement.operand), requirement.operator);
    default: {
      return requirement satisfies never;
    }
  }
}

function isOneOf(operands: readonly string[], type: FieldType, value: Present): boolean {
  if (isArray(value)) return value.some((element) => operands.includes(element));
  return operands.includes(spelling(type, value));
}

function contains(operand: string, value: Present): boolean {
  if (typeof value === 'string') return value.includes(operand);
  if (isArray(value)) return operand === '' || value.includes(operand);
  throw new TypeError(`only text contains anything, not ${typeof value}`);
}

const isArray = (value: Present): value is readonly string[] => Array.isArray(value);

/** The canonical form of a value, as operands have it. */
function spelling(type: FieldType, value: Present): string {
  const spelled = trySpelling(type, value);
  if (spelled === undefined)
    throw new TypeError(`a field of type ${type} cannot hold ${JSON.stringify(String(value))}`);
  return spelled;
}

function trySpelling(type: FieldType, value: Present): string | undefined {
  switch (type) {
    case 'text':
      return typeof value === 'string' ? value : undefined;
    case 'timestamp':
      if (value instanceof Date) return canonicalTimestamp(value.toISOString());
      return typeof value === 'string' ? canonicalTimestamp(value) : undefined;
    case 'integer':
      return typeof value === 'number' || typeof value === 'bigint' ? BigInt(value).toString() : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? String(value) : undefined;
    case 'textArray':
      return undefined;
    default: {
      return type satisfies never;
    }
  }
}

/** Compares two canonical forms: negative, 0 or positive. */
function order(type: FieldType, left: string, right: string): number {
  if (left === right) return 0;
  // Canonical timestamps compare as texts. Texts are compared only with UUIDs, where code units order as bytes do.
  const before = type === 'integer' ? BigInt(left) < BigInt(right) : left < right;
  return before ? -1 : 1;
}

function ordered(comparison: number, operator: OrderingOperator): boolean {
  switch (operator) {
    case '>':
      return comparison > 0;
    case '>=':
      return comparison >= 0;
    case '<':
      return comparison < 0;
    case '<=':
      return comparison <= 0;
    default: {
      return operator satisfies never;
    }
  }
}

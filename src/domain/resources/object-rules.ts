import type { z } from 'zod';

type Rule<T> = (value: T, context: z.RefinementCtx) => void;
type Members = Readonly<Record<string, unknown>>;

/** A rule for objects that must have exactly one of these keys; the key says which kind of object it is. */
export function exactlyOneOf(keys: readonly string[]): Rule<Members> {
  return (value, context) => {
    const present = presentKeys(value, keys);
    if (present.length === 1) return;
    const found = present.length === 0 ? 'none' : present.join(' and ');
    context.addIssue({ code: 'custom', message: `expected exactly one of ${keys.join(', ')}, found ${found}` });
  };
}

/** A rule for objects that must have at least one of these keys. */
export function atLeastOneOf(keys: readonly string[]): Rule<Members> {
  return (value, context) => {
    if (presentKeys(value, keys).length > 0) return;
    context.addIssue({ code: 'custom', message: `expected at least one of ${keys.join(', ')}` });
  };
}

/** A rule for objects that may have at most one of these keys. */
export function atMostOneOf(keys: readonly string[]): Rule<Members> {
  return (value, context) => {
    const present = presentKeys(value, keys);
    if (present.length <= 1) return;
    context.addIssue({
      code: 'custom',
      message: `expected at most one of ${keys.join(', ')}, found ${present.join(' and ')}`,
    });
  };
}

/** A rule for maps: bounds the number of entries. */
export function atMostEntries(count: number): Rule<Members> {
  return (value, context) => {
    const found = Object.keys(value).length;
    if (found > count)
      context.addIssue({ code: 'custom', message: `expected at most ${count} entries, found ${found}` });
  };
}

/** A rule for lists in which no two items may have the same value of a key. The error names the later one. */
export function uniqueBy<Key extends string>(key: Key): Rule<ReadonlyArray<{ readonly [K in Key]: unknown }>> {
  return (items, context) => {
    const seen = new Map<unknown, number>();
    items.forEach((item, index) => {
      const first = seen.get(item[key]);
      if (first === undefined) {
        seen.set(item[key], index);
      } else {
        context.addIssue({
          code: 'custom',
          path: [index, key],
          message: `expected a ${key} that item ${first} does not have`,
        });
      }
    });
  };
}

type Requirement = { required: string[]; properties: Record<string, object> };

/** The same rules in JSON Schema: alternatives that require different keys. */
export function requiring(keys: readonly string[]): Requirement[] {
  return keys.map((key) => ({ required: [key], properties: { [key]: {} } }));
}

function presentKeys(value: Members, keys: readonly string[]): string[] {
  return keys.filter((key) => value[key] !== undefined);
}

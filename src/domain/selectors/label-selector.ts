import { readRequirements, type WrittenRequirement, type Word } from './grammar.ts';
import { isLabelKey, isLabelValue, labelKeyRule, labelValueRule } from './label-names.ts';
import { quote, selectorError, type SelectorText } from './selector-text.ts';

/**
 * A requirement on a set of labels. `keys` is one key, or a set of keys written `(x,y)`.
 * - `exists`: every key is there. `notExists`: any is absent.
 * - `in`: every key is there and their values, in order, are one of the tuples. `notIn`: they are not, or a key is absent.
 */
export type LabelRequirement =
  | { readonly operator: 'exists' | 'notExists'; readonly keys: readonly string[] }
  | {
      readonly operator: 'in' | 'notIn';
      readonly keys: readonly string[];
      readonly tuples: readonly (readonly string[])[];
    };

/** All requirements must hold; none selects everything. */
export interface LabelSelector {
  readonly requirements: readonly LabelRequirement[];
}

/**
 * Parses a label selector as in Kubernetes, with Flight Control's sets of keys: `(x,y) in ((a,b),(c,d))`.
 * An empty or blank text selects everything: right in a list, and never in an action (see `parseActionSelectors`).
 * @throws MusterError 400 with the position and what was expected.
 */
export function parseLabelSelector(text: string): LabelSelector {
  const source: SelectorText = { name: 'labelSelector', text };
  const written = readRequirements(source, { keySets: true, values: 'plain' });
  return { requirements: written.map((requirement) => labelRequirement(source, requirement)) };
}

function labelRequirement(source: SelectorText, written: WrittenRequirement): LabelRequirement {
  const keys = written.keys.map((key) => checked(source, key, isLabelKey, labelKeyRule));
  if (written.operator === 'exists') return { operator: 'exists', keys };
  if (written.operator === 'notexists') return { operator: 'notExists', keys };

  const { operator } = written;
  const tuples = () =>
    written.operands.map((tuple) => tuple.map((value) => checked(source, value, isLabelValue, labelValueRule)));
  switch (operator) {
    case '=':
    case '==':
    case 'in':
      return { operator: 'in', keys, tuples: tuples() };
    case '!=':
    case 'notin':
      return { operator: 'notIn', keys, tuples: tuples() };
    case 'contains':
    case 'notcontains':
    case '>':
    case '>=':
    case '<':
    case '<=':
      throw selectorError(
        source,
        written.operatorOffset,
        `expected '=', '==', '!=', 'in' or 'notin' for a label, found '${operator}'`,
      );
    default: {
      return operator satisfies never;
    }
  }
}

function checked(source: SelectorText, word: Word, satisfies: (text: string) => boolean, rule: string): string {
  if (!satisfies(word.text)) throw selectorError(source, word.offset, `expected ${rule}; found ${quote(word.text)}`);
  return word.text;
}

/** True if labels satisfy a selector. */
export function matchesLabels(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  return selector.requirements.every((requirement) => holds(requirement, labels));
}

function holds(requirement: LabelRequirement, labels: Readonly<Record<string, string>>): boolean {
  switch (requirement.operator) {
    case 'exists':
      return allExist(requirement.keys, labels);
    case 'notExists':
      return !allExist(requirement.keys, labels);
    case 'in':
      return hasTuple(requirement.keys, requirement.tuples, labels);
    case 'notIn':
      return !hasTuple(requirement.keys, requirement.tuples, labels);
    default: {
      return requirement satisfies never;
    }
  }
}

// Own properties only: `constructor` and `toString` are legal label keys.
const allExist = (keys: readonly string[], labels: Readonly<Record<string, string>>): boolean =>
  keys.every((key) => Object.hasOwn(labels, key));

const hasTuple = (
  keys: readonly string[],
  tuples: readonly (readonly string[])[],
  labels: Readonly<Record<string, string>>,
): boolean => allExist(keys, labels) && tuples.some((tuple) => keys.every((key, i) => labels[key] === tuple[i]));

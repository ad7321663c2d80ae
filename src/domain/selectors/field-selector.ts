import { fieldNamed, type FieldCatalogue, type FieldType } from './field-catalogue.ts';
import {
  readRequirements,
  type BinaryOperator,
  type OrderingOperator,
  type Word,
  type WrittenRequirement,
} from './grammar.ts';
import { canonicalBoolean, canonicalInteger, canonicalTimestamp, canonicalUuid } from './operands.ts';
import { quote, selectorError, type SelectorText } from './selector-text.ts';

/**
 * A requirement on a field. Operands are in the canonical form of the field's type (operands.ts), so that evaluating code
 * need not check them again. NULL satisfies `notExists`, `notIn` and `notContains`, and nothing else.
 */
export type FieldRequirement =
  | { readonly operator: 'exists' | 'notExists'; readonly field: string }
  | { readonly operator: 'in' | 'notIn'; readonly field: string; readonly operands: readonly string[] }
  | { readonly operator: 'contains' | 'notContains'; readonly field: string; readonly operand: string }
  | { readonly operator: OrderingOperator; readonly field: string; readonly operand: string };

/** All requirements must hold; none selects everything. */
export interface FieldSelector {
  readonly requirements: readonly FieldRequirement[];
}

/**
 * Parses a field selector: Kubernetes' grammar with Flight Control's further operators. An empty or blank text selects
 * everything: right in a list, and never in an action (see `parseActionSelectors`).
 * @throws MusterError 400 with the position and what was expected, or, for a field that does not exist, the list of fields.
 */
export function parseFieldSelector(text: string, fields: FieldCatalogue): FieldSelector {
  const source: SelectorText = { name: 'fieldSelector', text };
  const written = readRequirements(source, { keySets: false, values: 'operand' });
  return { requirements: written.map((requirement) => fieldRequirement(source, requirement, fields)) };
}

function fieldRequirement(source: SelectorText, written: WrittenRequirement, fields: FieldCatalogue): FieldRequirement {
  const field = written.keys[0].text;
  const { type } = fieldNamed(fields, field);
  if (written.operator === 'exists') return { operator: 'exists', field };
  if (written.operator === 'notexists') return { operator: 'notExists', field };

  const { operator } = written;
  if (!operatorsOf[type].has(operator)) {
    const problem = `expected an operator for ${typeNames[type]}, which ${field} is, found '${operator}'`;
    throw selectorError(source, written.operatorOffset, problem);
  }
  const expected = (word: Word, what: string) =>
    selectorError(source, word.offset, `expected ${what} for ${field}, found ${quote(word.text)}`);
  const equalityOperands = () =>
    written.operands.map(([word]) => {
      const operand = equalityOperand(type, word.text);
      if (operand === undefined) throw expected(word, typeNames[type]);
      return operand;
    });
  const [[single]] = written.operands;

  switch (operator) {
    case '=':
    case '==':
    case 'in':
      return { operator: 'in', field, operands: equalityOperands() };
    case '!=':
    case 'notin':
      return { operator: 'notIn', field, operands: equalityOperands() };
    case 'contains':
      return { operator: 'contains', field, operand: single.text };
    case 'notcontains':
      return { operator: 'notContains', field, operand: single.text };
    case '>':
    case '>=':
    case '<':
    case '<=': {
      if (!isOrderable(single.text)) throw expected(single, 'an integer (64 bits), an RFC 3339 timestamp or a UUID');
      const operand = orderingOperand(type, single.text);
      if (operand === undefined) throw expected(single, type === 'text' ? 'a UUID' : typeNames[type]);
      return { operator, field, operand };
    }
    default: {
      return operator satisfies never;
    }
  }
}

const equality: readonly BinaryOperator[] = ['=', '==', '!=', 'in', 'notin'];
const containment: readonly BinaryOperator[] = ['contains', 'notcontains'];
const ordering: readonly BinaryOperator[] = ['>', '>=', '<', '<='];

const operatorsOf: Readonly<Record<FieldType, ReadonlySet<BinaryOperator>>> = {
  text: new Set([...equality, ...containment, ...ordering]),
  timestamp: new Set([...equality, ...ordering]),
  integer: new Set([...equality, ...ordering]),
  boolean: new Set(equality),
  textArray: new Set<BinaryOperator>(['in', 'notin', ...containment]),
};

const typeNames: Readonly<Record<FieldType, string>> = {
  text: 'a text',
  timestamp: 'an RFC 3339 timestamp',
  integer: 'an integer (64 bits)',
  boolean: `'true' or 'false'`,
  textArray: 'a list of texts',
};

function equalityOperand(type: FieldType, text: string): string | undefined {
  switch (type) {
    case 'text':
    case 'textArray':
      return text;
    case 'timestamp':
      return canonicalTimestamp(text);
    case 'integer':
      return canonicalInteger(text);
    case 'boolean':
      return canonicalBoolean(text);
    default: {
      return type satisfies never;
    }
  }
}

/**
 * True for operands that may follow an ordering operator, whatever the field: Flight Control checks this before it looks at
 * the field.
 */
const isOrderable = (text: string): boolean =>
  (canonicalInteger(text) ?? canonicalTimestamp(text) ?? canonicalUuid(text)) !== undefined;

/**
 * The operand of an ordering, in canonical form. Texts are ordered only against UUIDs: names that are UUIDv7 are ordered by
 * time.
 */
const orderingOperand = (type: FieldType, text: string): string | undefined =>
  type === 'text' ? canonicalUuid(text) : equalityOperand(type, text);

import { sql, type SQL } from 'drizzle-orm';
import {
  fieldNamed,
  fieldsBehind,
  type FieldCatalogue,
  type FieldType,
  type OwnField,
} from '../domain/selectors/field-catalogue.ts';
import type { FieldRequirement, FieldSelector } from '../domain/selectors/field-selector.ts';
import type { OrderingOperator } from '../domain/selectors/grammar.ts';
import type { LabelRequirement, LabelSelector } from '../domain/selectors/label-selector.ts';
import type { ListSelectors } from '../domain/selectors/list-selectors.ts';

/**
 * For each field with a value of its own, the SQL expression of that value. A text field may be of any type whose text
 * form is its value (a uuid); the others are timestamptz, an integer type, boolean, text[].
 */
export type FieldColumns<C extends FieldCatalogue> = Readonly<Record<OwnField<C>, SQL>>;

/**
 * Sets up to these sizes are compared member by member, which an index serves; larger ones by a hash table, where a row
 * costs the same for any size of set. For labels the bound is low: each row that the index finds is compared again.
 */
const indexedSets = { labels: 20, fields: 100 } as const;

/**
 * The condition that labels satisfy a selector; `matchesLabels` in SQL.
 * @param labels a jsonb object of strings. A GIN index on it serves equality and sets, and existence unless its
 * operator class is jsonb_path_ops.
 */
export function labelSelectorToSql(selector: LabelSelector, labels: SQL): SQL {
  return allOf(selector.requirements.map((requirement) => labelCondition(requirement, sql`(${labels})`)));
}

function labelCondition(requirement: LabelRequirement, labels: SQL): SQL {
  switch (requirement.operator) {
    case 'exists':
      return allKeysExist(requirement.keys, labels);
    case 'notExists':
      return isNotTrue(allKeysExist(requirement.keys, labels));
    case 'in':
      return requirement.tuples.length > indexedSets.labels
        ? isHashedTuple(requirement.keys, requirement.tuples, labels)
        : containsTuple(requirement.keys, requirement.tuples, labels);
    case 'notIn':
      // No index serves what does not match, so a set is hashed as soon as there is more than one member to try.
      return isNotTrue(
        requirement.tuples.length > 1
          ? isHashedTuple(requirement.keys, requirement.tuples, labels)
          : containsTuple(requirement.keys, requirement.tuples, labels),
      );
    default: {
      return requirement satisfies never;
    }
  }
}

function allKeysExist(keys: readonly string[], labels: SQL): SQL {
  const [first, ...others] = keys;
  if (first !== undefined && others.length === 0) return sql`${labels} ? ${first}::text`;
  return sql`${labels} ?& array(select key.value from ${jsonElements(keys, 'text')} as key(value))`;
}

function containsTuple(keys: readonly string[], tuples: readonly (readonly string[])[], labels: SQL): SQL {
  const objects = tuples.map((tuple) => Object.fromEntries(keys.map((key, i) => [key, tuple[i]])));
  const [first, ...others] = objects;
  if (first !== undefined && others.length === 0) return sql`${labels} @> ${JSON.stringify(first)}::text::jsonb`;
  return sql`${labels} @> any(array(select member.value from ${jsonElements(objects, 'jsonb')} as member(value)))`;
}

function isHashedTuple(keys: readonly string[], tuples: readonly (readonly string[])[], labels: SQL): SQL {
  const values = keys.map((key) => sql`${labels} ->> ${key}::text`);
  const members = keys.map((_, i) => sql`member.value ->> ${i}::integer`);
  const among = sql`select ${commas(members)} from ${jsonElements(tuples, 'jsonb')} as member(value)`;
  // A plain IN would be planned as a join, and hundreds of joins take the planner seconds.
  return sql`((${commas(values)}) in (${among})) is true`;
}

/** Condition for the rows that satisfy both selectors of a list. @param labels and columns of the table that is searched */
export function selectorsToSql<Catalogue extends FieldCatalogue>(
  { labelSelector, fieldSelector }: ListSelectors,
  { labels, columns, fields }: { labels: SQL; columns: FieldColumns<Catalogue>; fields: Catalogue },
): SQL {
  const byField = fieldSelectorToSql(fieldSelector, columns, fields);
  return sql`(${labelSelectorToSql(labelSelector, labels)} AND ${byField})`;
}

/**
 * The condition that a resource satisfies a selector; `matchesFields` in SQL.
 * @param catalogue the one that the selector was parsed with.
 */
export function fieldSelectorToSql<C extends FieldCatalogue>(
  selector: FieldSelector,
  columns: FieldColumns<NoInfer<C>>,
  catalogue: C,
): SQL {
  const columnOf: Readonly<Record<string, SQL>> = columns;
  return allOf(
    selector.requirements.map((requirement) => {
      const { type } = fieldNamed(catalogue, requirement.field);
      const alternatives = fieldsBehind(catalogue, requirement.field).map((field) => {
        const column = columnOf[field];
        if (column === undefined) throw new Error(`no column for the field ${field}`);
        return sql`(${fieldCondition(requirement, type, sql`(${column})::${sqlTypes[type]}`)})`;
      });
      return sql.join(alternatives, sql` or `);
    }),
  );
}

function fieldCondition(requirement: FieldRequirement, type: FieldType, column: SQL): SQL {
  switch (requirement.operator) {
    case 'exists':
      return sql`${column} is not null`;
    case 'notExists':
      return sql`${column} is null`;
    case 'in':
      return isOneOf(requirement.operands, type, column);
    case 'notIn':
      return isNotTrue(isOneOf(requirement.operands, type, column));
    case 'contains':
      return contains(requirement.operand, type, column);
    case 'notContains':
      return isNotTrue(contains(requirement.operand, type, column));
    case '>':
    case '>=':
    case '<':
    case '<=':
      return ordered(requirement.operator, requirement.operand, type, column);
    default: {
      return requirement satisfies never;
    }
  }
}

function isOneOf(operands: readonly string[], type: FieldType, column: SQL): SQL {
  if (type === 'textArray') {
    return sql`${column} && array(select member.value from ${jsonElements(operands, 'text')} as member(value))`;
  }
  const [first, ...others] = operands;
  if (first !== undefined && others.length === 0) return sql`${column} = ${first}::text::${sqlTypes[type]}`;
  const members = sql`select member.value::${sqlTypes[type]} from ${jsonElements(operands, 'text')} as member(value)`;
  return operands.length > indexedSets.fields
    ? sql`${column} in (${members})`
    : sql`${column} = any(array(${members}))`;
}

function contains(operand: string, type: FieldType, column: SQL): SQL {
  if (type !== 'textArray') return sql`strpos(${column}, ${operand}::text) > 0`;
  return operand === '' ? sql`${column} is not null` : sql`${column} @> array[${operand}::text]`;
}

function ordered(operator: OrderingOperator, operand: string, type: FieldType, column: SQL): SQL {
  // Whatever the database's locale, texts order by their bytes.
  const left = type === 'text' ? sql`${column} collate "C"` : column;
  return sql`${left} ${orderings[operator]} ${operand}::text::${sqlTypes[type]}`;
}

const orderings: Readonly<Record<OrderingOperator, SQL>> = { '>': sql`>`, '>=': sql`>=`, '<': sql`<`, '<=': sql`<=` };

const sqlTypes: Readonly<Record<FieldType, SQL>> = {
  text: sql`text`,
  timestamp: sql`timestamptz`,
  integer: sql`bigint`,
  boolean: sql`boolean`,
  textArray: sql`text[]`,
};

/** A list as a set of rows: one parameter however long it is. Sent as text, so that no driver encodes it again. */
const jsonElements = (list: readonly unknown[], as: 'text' | 'jsonb'): SQL =>
  as === 'text'
    ? sql`jsonb_array_elements_text(${JSON.stringify(list)}::text::jsonb)`
    : sql`jsonb_array_elements(${JSON.stringify(list)}::text::jsonb)`;

/** A missing key or a NULL field makes a condition NULL, and so its negation true. */
const isNotTrue = (condition: SQL): SQL => sql`(${condition}) is not true`;

const commas = (parts: SQL[]): SQL => sql.join(parts, sql`, `);

const allOf = (conditions: SQL[]): SQL =>
  conditions.length === 0
    ? sql`true`
    : sql.join(
        conditions.map((condition) => sql`(${condition})`),
        sql` and `,
      );

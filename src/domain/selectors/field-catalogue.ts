import { badRequest } from '../errors.ts';
import { quoted } from '../quoted.ts';

/** The type of a field's values, which decides how they compare. Any field may be NULL. */
export type FieldType = 'text' | 'timestamp' | 'integer' | 'boolean' | 'textArray';

interface FieldDefinition {
  readonly type: FieldType;
  /**
   * The fields that this name covers, all of its type: a requirement holds if it holds for any of them. Absent for a field
   * that has its own value.
   */
  readonly anyOf?: readonly string[];
}

/** The fields that the selectors of one kind of resource may name. */
export type FieldCatalogue = Readonly<Record<string, FieldDefinition>>;

/** The fields of a catalogue that have their own value: a caller must supply a value or a column for each. */
export type OwnField<C extends FieldCatalogue> = {
  [Name in keyof C & string]: C[Name] extends { readonly anyOf: readonly string[] } ? never : Name;
}[keyof C & string];

const maxName = 253;

/**
 * Looks up a field by its name.
 * @throws MusterError 400, in Flight Control's words, if there is none.
 */
export function fieldNamed(catalogue: FieldCatalogue, name: string): FieldDefinition {
  const definition = Object.hasOwn(catalogue, name) ? catalogue[name] : undefined;
  if (definition !== undefined) return definition;
  const shown = quoted(name, maxName);
  throw badRequest(
    `unknown or unsupported selector: unable to resolve selector name ${shown}. ` +
      `Supported selectors are: [${Object.keys(catalogue).toSorted().join(' ')}]`,
  );
}

/** The fields with their own value that a name covers: itself, or its alternatives. */
export function fieldsBehind(catalogue: FieldCatalogue, name: string): readonly string[] {
  return fieldNamed(catalogue, name).anyOf ?? [name];
}

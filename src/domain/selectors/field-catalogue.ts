import { badRequest } from '../errors.ts';

/** What a field holds, and so how it compares. Any field may be NULL. */
export type FieldType = 'text' | 'timestamp' | 'integer' | 'boolean' | 'textArray';

interface FieldDefinition {
  readonly type: FieldType;
  /**
   * The fields that this name stands for, all of its type: a requirement on it holds where it holds for any of them.
   * Absent for a field that has a value of its own.
   */
  readonly anyOf?: readonly string[];
}

/** The fields that the selectors of one kind of resource may name. */
export type FieldCatalogue = Readonly<Record<string, FieldDefinition>>;

/** The fields of a catalogue that have a value of their own: what a caller must have a value or a column for. */
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
  const shown = JSON.stringify(name.length > maxName ? `${name.slice(0, maxName)}…` : name);
  throw badRequest(
    `unknown or unsupported selector: unable to resolve selector name ${shown}. ` +
      `Supported selectors are: [${Object.keys(catalogue).toSorted().join(' ')}]`,
  );
}

/** The fields with a value of their own that a name stands for: itself, or what it is an alternative of. */
export function fieldsBehind(catalogue: FieldCatalogue, name: string): readonly string[] {
  return fieldNamed(catalogue, name).anyOf ?? [name];
}

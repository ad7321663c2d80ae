import { STATUS_CODES } from 'node:http';
import { isDeepStrictEqual } from 'node:util';

/** Comes before the name of a schema in a reference to it. */
export const componentPath = '#/components/schemas/';

/** Ends the name of a schema as requests have it; the name without it is the same schema as answers have it. */
const inputSuffix = 'Input';

type Schemas = Readonly<Record<string, unknown>>;

/** Writes each schema, and each error that many operations answer, once in an OpenAPI document. */
export function tidyComponents<Document extends object>(document: Document): Document {
  return withSharedErrors(withoutTwins(document));
}

/**
 * Leaves out the schemas that nothing in a document refers to, and keeps one component of a schema that is the same
 * in requests and in answers. Only a schema that differs keeps two, the one of requests ending in `Input`.
 */
export function withoutTwins<Document extends object>(document: Document): Document {
  const components = objectAt(document, 'components');
  const schemas = usedSchemas(document, components);
  const rename = shortNames(schemas);
  const renamed = Object.entries(schemas).map(([name, schema]) => [rename(name), withNames(schema, rename)] as const);
  const others = mapValues(document, (value) => withNames(value, rename));
  return { ...document, ...others, components: { ...components, schemas: Object.fromEntries(renamed) } };
}

/** Replaces the usual answer of each error status by a reference to a component, which is named after the status. */
function withSharedErrors<Document extends object>(document: Document): Document {
  const paths = objectAt(document, 'paths');
  const uses = new Map<string, Map<string, number>>();
  withResponses(paths, (response, status) => {
    const ofStatus = uses.get(status) ?? new Map<string, number>();
    const text = JSON.stringify(response);
    uses.set(status, ofStatus.set(text, (ofStatus.get(text) ?? 0) + 1));
    return response;
  });

  const responses: Record<string, unknown> = {};
  const shortened = withResponses(paths, (response, status) => {
    const [usual] = [...(uses.get(status) ?? [])].toSorted(([, one], [, other]) => other - one);
    const name = STATUS_CODES[status]?.replaceAll(' ', '');
    const isShared = Number(status) >= 400 && usual?.[1] !== 1 && usual?.[0] === JSON.stringify(response);
    if (!isShared || name === undefined) return response;
    responses[name] = response;
    return { $ref: `#/components/responses/${name}` };
  });
  return { ...document, paths: shortened, components: { ...objectAt(document, 'components'), responses } };
}

/** The paths with every response of their operations changed. */
function withResponses(paths: object, change: (response: unknown, status: string) => unknown): object {
  return mapValues(paths, (path) =>
    mapValues(asObject(path), (operation) => {
      const responses = objectAt(asObject(operation), 'responses');
      if (Object.keys(responses).length === 0) return operation;
      return { ...asObject(operation), responses: mapValues(responses, change) };
    }),
  );
}

/** Schemas that the document refers to, directly or through another schema. */
function usedSchemas(document: object, components: Readonly<Record<string, unknown>>): Schemas {
  const schemas = objectAt(components, 'schemas');
  const used = new Set<string>();
  const pending: unknown[] = [{ ...document, components: { ...components, schemas: undefined } }];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    for (const name of referencesIn(at)) {
      if (used.has(name)) continue;
      used.add(name);
      pending.push(schemas[name]);
    }
  }
  return Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name)));
}

/**
 * Name of each component without the suffix where nothing collides. Takes every pair for equal, sets apart those that
 * differ, and looks again at the others, which may refer to one of these, until none is set apart anymore.
 */
function shortNames(schemas: Schemas): (name: string) => string {
  const pairs = Object.keys(schemas).filter((name) => `${name}${inputSuffix}` in schemas);
  const apart = new Set<string>();
  const rename = (name: string): string => {
    const short = name.endsWith(inputSuffix) ? name.slice(0, -inputSuffix.length) : name;
    return apart.has(short) ? name : short;
  };
  for (let before = -1; before < apart.size;) {
    before = apart.size;
    for (const name of pairs) {
      const [answered, requested] = [schemas[name], schemas[`${name}${inputSuffix}`]];
      if (!isDeepStrictEqual(withNames(answered, rename), withNames(requested, rename))) apart.add(name);
    }
  }
  return rename;
}

/** The value with every reference in it renamed. */
function withNames(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => withNames(item, rename));
  if (typeof value !== 'object' || value === null) return value;
  return mapValues(value, (member, key) =>
    isReference(key, member)
      ? `${componentPath}${rename(member.slice(componentPath.length))}`
      : withNames(member, rename),
  );
}

function mapValues(container: object, change: (value: unknown, key: string) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(container).map(([key, value]) => [key, change(value, key)]));
}

function objectAt(container: object, key: string): Record<string, unknown> {
  return asObject(new Map<string, unknown>(Object.entries(container)).get(key));
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function* referencesIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    if (isReference(key, member)) yield member.slice(componentPath.length);
    else yield* referencesIn(member);
  }
}

function isReference(key: string, member: unknown): member is string {
  return key === '$ref' && typeof member === 'string' && member.startsWith(componentPath);
}

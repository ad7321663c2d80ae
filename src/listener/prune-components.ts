const prefix = '#/components/schemas/';

/** Leaves out the schemas that nothing in an OpenAPI document refers to, directly or through another schema. */
export function pruneComponents<Document extends object>(document: Document): Document {
  const components = objectAt(document, 'components');
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
  const kept = Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name)));
  return { ...document, components: { ...components, schemas: kept } };
}

function objectAt(container: object, key: string): Record<string, unknown> {
  const found: unknown = new Map(Object.entries(container)).get(key);
  return typeof found === 'object' && found !== null ? { ...found } : {};
}

function* referencesIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    if (key === '$ref' && typeof member === 'string' && member.startsWith(prefix)) yield member.slice(prefix.length);
    else yield* referencesIn(member);
  }
}

type Claims = Readonly<Record<string, unknown>>;

/**
 * Where a claim stands: at its name; else where its parts between dots lead, from claim into claim, as in
 * `realm_access.roles`. A name that is itself a URL has dots as well, so the name as it is comes first.
 */
export function claimPath(claims: Claims, name: string): readonly string[] {
  return Object.hasOwn(claims, name) ? [name] : name.split('.');
}

/** The texts that a claim holds: itself, or the items of a list. What is no text is left out. */
export function claimTexts(claims: Claims, path: readonly string[]): string[] {
  let found: unknown = claims;
  for (const part of path) {
    if (!isClaims(found) || !Object.hasOwn(found, part)) return [];
    found = found[part];
  }
  const items: readonly unknown[] = Array.isArray(found) ? found : [found];
  return items.filter((item) => typeof item === 'string');
}

function isClaims(value: unknown): value is Claims {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

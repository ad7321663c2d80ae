type Claims = Readonly<Record<string, unknown>>;

/**
 * The path to a claim: its name if there is such a claim; else the parts between its dots, from claim to claim, as in
 * `realm_access.roles`. The whole name comes first because a name may be a URL, which has dots too.
 */
export function claimPath(claims: Claims, name: string): readonly string[] {
  return Object.hasOwn(claims, name) ? [name] : name.split('.');
}

/** The strings that a claim holds: itself, or the items of a list. Other values are left out. */
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

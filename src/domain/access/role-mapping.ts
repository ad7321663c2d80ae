import { roleNames, type Role } from './roles.ts';
import { quoted } from '../quoted.ts';

/** The roles that each value of a claim gives. */
export type RoleMapping = ReadonlyMap<string, readonly Role[]>;

/**
 * Reads `value=role,value=role`. A value may contain `=`, because the last one of each pair separates it from the role, and
 * may be listed more than once.
 */
export function parseRoleMapping(
  text: string,
): { readonly ok: true; readonly mapping: RoleMapping } | { readonly ok: false; readonly problem: string } {
  const mapping = new Map<string, Role[]>();
  for (const pair of text.split(',')) {
    const at = pair.lastIndexOf('=');
    const value = pair.slice(0, at).trim();
    const role = roleNames.find((name) => name === pair.slice(at + 1).trim());
    if (at === -1 || value === '' || role === undefined) {
      const problem = `expected value=role with commas between them, where a role is ${roleNames.join(', ')}; found ${quoted(pair)}`;
      return { ok: false, problem };
    }
    mapping.set(value, [...(mapping.get(value) ?? []), role]);
  }
  return { ok: true, mapping };
}

/** The roles that the values of a claim give, least powerful first. Values that are not in the mapping give none. */
export function mappedRoles(mapping: RoleMapping, values: readonly string[]): Role[] {
  const given = new Set(values.flatMap((value) => mapping.get(value) ?? []));
  return roleNames.filter((role) => given.has(role));
}

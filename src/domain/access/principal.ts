import { forbidden } from '../errors.ts';
import type { Permission } from './permissions.ts';
import { allPermissions, rolePermissions, rolesWith, type Role } from './roles.ts';

/** The authenticated caller of the admin API. */
export type Principal = {
  /** The name that events show: `user:alice`, `token:restore-tool`. */
  readonly name: string;
  readonly roles: readonly Role[];
};

/** The principal of every request if no authentication is configured; it may do anything. */
export const anonymous: Principal = { name: 'user:anonymous', roles: ['admin'] };

export function hasPermission({ roles }: Principal, permission: Permission): boolean {
  return roles.some((role) => rolePermissions[role].includes(permission));
}

export function permissionsOf(principal: Principal): Permission[] {
  return allPermissions.filter((permission) => hasPermission(principal, permission));
}

/** @throws MusterError 403 that says which permission is missing, and which roles have it */
export function assertPermitted(principal: Principal, permission: Permission): void {
  if (hasPermission(principal, permission)) return;
  const has = principal.roles.length === 0 ? 'no role' : `only: ${principal.roles.join(', ')}`;
  throw forbidden(
    `this needs the permission ${permission}, which comes with the role ${rolesWith(permission).join(' or ')}; ${principal.name} has ${has}`,
  );
}

import { permissions, type Permission } from './permissions.ts';

export const roleNames = ['viewer', 'operator', 'restorer', 'admin'] as const;
export type Role = (typeof roleNames)[number];

const reading = [
  'devices.read',
  'fleets.read',
  'enrollment.read',
  'certificates.read',
  'restores.read',
  'events.read',
  'metrics.read',
] as const satisfies Permission[];

/** In the order of the list. */
export const allPermissions: readonly Permission[] = Object.keys(permissions).filter(isPermission);

/**
 * Permissions of each role. An operator runs a fleet and decides about its conflicts; acts that cannot be undone (declaring
 * a restore, decommissioning or deleting a device) need a stronger role. A restorer is the tool that restores the database,
 * and can do nothing else.
 */
export const rolePermissions: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: reading,
  operator: [
    ...reading,
    'devices.edit',
    'devices.decide',
    'fleets.edit',
    'enrollment.edit',
    'enrollment.decide',
    'certificates.edit',
    'certificates.decide',
  ],
  restorer: ['restores.read', 'restores.declare'],
  admin: allPermissions,
};

/** The roles that have a permission, least powerful first. */
export function rolesWith(permission: Permission): Role[] {
  return roleNames.filter((role) => rolePermissions[role].includes(permission));
}

function isPermission(name: string): name is Permission {
  return Object.hasOwn(permissions, name);
}

import { expect, test } from 'vitest';
import { permissions, type Permission } from '../../../src/domain/access/permissions.ts';
import { anonymous, assertPermitted, hasPermission } from '../../../src/domain/access/principal.ts';
import { roleNames, rolePermissions, rolesWith, type Role } from '../../../src/domain/access/roles.ts';

/** The whole table, written down once more: a change of it is a change of who may do what. */
const expected: Record<Permission, readonly Role[]> = {
  'devices.read': ['viewer', 'operator', 'admin'],
  'devices.edit': ['operator', 'admin'],
  'devices.decide': ['operator', 'admin'],
  'devices.decommission': ['admin'],
  'devices.delete': ['admin'],
  'fleets.read': ['viewer', 'operator', 'admin'],
  'fleets.edit': ['operator', 'admin'],
  'enrollment.read': ['viewer', 'operator', 'admin'],
  'enrollment.edit': ['operator', 'admin'],
  'enrollment.decide': ['operator', 'admin'],
  'certificates.read': ['viewer', 'operator', 'admin'],
  'certificates.edit': ['operator', 'admin'],
  'certificates.decide': ['operator', 'admin'],
  'restores.read': ['viewer', 'operator', 'restorer', 'admin'],
  'restores.declare': ['restorer', 'admin'],
  'events.read': ['viewer', 'operator', 'admin'],
  'metrics.read': ['viewer', 'operator', 'admin'],
};

test('each permission comes with the roles that it should come with', () => {
  const found = Object.entries(permissions).map(([name]) => [
    name,
    roleNames.filter((role) => rolePermissions[role].some((permission) => permission === name)),
  ]);
  expect(Object.fromEntries(found)).toEqual(expected);
});

test('several roles allow what any of them allows', () => {
  const both = { name: 'user:a', roles: ['viewer', 'restorer'] } as const;
  expect(hasPermission(both, 'restores.declare')).toBe(true);
  expect(hasPermission(both, 'events.read')).toBe(true);
  expect(hasPermission(both, 'devices.decide')).toBe(false);
});

test('where nobody has to log in, nobody in particular may do everything', () => {
  for (const permission of Object.keys(expected) as Permission[]) assertPermitted(anonymous, permission);
  expect(rolesWith('restores.declare')).toEqual(['restorer', 'admin']);
});

import { permissions } from '../../src/domain/access/permissions.ts';
import { allPermissions, roleNames, rolePermissions } from '../../src/domain/access/roles.ts';

/** Page of Markdown with the permissions of each role. */
export function permissionsReference(): string {
  const header = ['Permission', ...roleNames, 'What it allows'];
  const rows = allPermissions.map((permission) => [
    `\`${permission}\``,
    ...roleNames.map((role) => (rolePermissions[role].includes(permission) ? 'yes' : '')),
    permissions[permission],
  ]);
  const lines = [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return [
    '# Roles and permissions',
    '',
    'Made from the code. Which permission an operation of the admin API needs stands in `openapi/openapi.yaml`, as its',
    '`x-permission`. How roles are given is in [security.md](security.md).',
    '',
    ...lines,
    '',
  ].join('\n');
}

/** Everything that can be allowed, and what it lets one do: a closed list. Each route of the admin API names one. */
export const permissions = {
  'devices.read': 'See devices, their statuses, labels, conflicts and rendered specs.',
  'devices.edit': 'Create and change devices and what is stored of their statuses.',
  'devices.decide': 'Resume and adopt devices in conflict.',
  'devices.decommission': 'Give devices up: they unenroll or reset themselves.',
  'devices.delete': 'Delete devices.',
  'fleets.read': 'See fleets.',
  'fleets.edit': 'Create, change and delete fleets. Their devices stay.',
  'enrollment.read': 'See enrollment requests.',
  'enrollment.edit': 'Create, change and delete enrollment requests.',
  'enrollment.decide':
    'Approve and deny enrollment requests, and let in devices that the restored database does not know.',
  'certificates.read': 'See certificate signing requests, and the configuration with which agents enroll.',
  'certificates.edit': 'Ask for enrollment certificates, and delete certificate signing requests.',
  'certificates.decide': 'Approve and deny certificate signing requests; those of one’s own are approved at once.',
  'restores.read':
    'See restores, how their musters go, their reports, and devices that the restored database does not know.',
  'restores.declare': 'Declare that the database now holds a backup.',
  'events.read': 'See events, the audit trail.',
  'metrics.read': 'Read the metrics of the service.',
} as const;

export type Permission = keyof typeof permissions;

/**
 * What a route asks of its caller: a permission; `known`, that it has authenticated as anybody; or `open`, nothing, for
 * what tells no more than that the service is there.
 */
export type RouteAccess = Permission | 'known' | 'open';

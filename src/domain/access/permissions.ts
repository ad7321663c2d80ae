/** All permissions, with what each allows: a closed list. Each route of the admin API names one. */
export const permissions = {
  'devices.read': 'See devices, their statuses, labels, conflicts and rendered specs.',
  'devices.edit': 'Create and change devices and their stored statuses.',
  'devices.decide': 'Resume and adopt devices in conflict.',
  'devices.decommission': 'Decommission devices: they unenroll or reset themselves.',
  'devices.delete': 'Delete devices.',
  'fleets.read': 'See fleets.',
  'fleets.edit': 'Create, change and delete fleets. Their devices stay.',
  'enrollment.read': 'See enrollment requests.',
  'enrollment.edit': 'Create, change and delete enrollment requests.',
  'enrollment.decide':
    'Approve and deny enrollment requests, and let in devices that the restored database does not know.',
  'certificates.read': 'See certificate signing requests, and the configuration with which agents enroll.',
  'certificates.edit': 'Request enrollment certificates, and delete certificate signing requests.',
  'certificates.decide': 'Approve and deny certificate signing requests; your own requests are approved at once.',
  'restores.read':
    'See restores, the progress of their musters, their reports, and devices that the restored database does not know.',
  'restores.declare': 'Declare that the database now holds a backup.',
  'events.read': 'See events, the audit trail.',
  'metrics.read': 'Read the metrics of the service.',
} as const;

export type Permission = keyof typeof permissions;

/**
 * The requirement that a route has for its caller: a permission; `known`, any authenticated caller; or `open`, anybody, for
 * routes that show only that the service is there.
 */
export type RouteAccess = Permission | 'known' | 'open';

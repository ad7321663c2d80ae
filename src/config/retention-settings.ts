import { keepMs } from './setting-forms.ts';

/** The settings about how long records are kept: part of the table of all settings (config.ts). */
export const retentionSettings = {
  eventsKeepMs: {
    env: 'MUSTER_EVENTS_KEEP',
    about:
      'Time for which events are kept, such as `90d`; `forever` or `0` for always. Conflicts and decisions of a restore are kept as long as the restore.',
    schema: keepMs('90d', '1h'),
  },
  restoresKeepMs: {
    env: 'MUSTER_RESTORES_KEEP',
    about:
      'Time for which a restore is kept after the next one was declared, with what its report tells; `forever` or `0` for always. The current one is always kept.',
    schema: keepMs('400d', '1d'),
  },
  specsKeepMs: {
    env: 'MUSTER_SPECS_KEEP',
    about:
      'Time for which a rendered spec is kept after no device refers to it any more; `forever` or `0` for always. None is removed while a restore is not settled.',
    schema: keepMs('30d', '1h'),
  },
  unknownDevicesKeepMs: {
    env: 'MUSTER_UNKNOWN_DEVICES_KEEP',
    about:
      'Time for which a device that the database does not know is listed after it was last heard of; `forever` or `0` for always. Those of a restore that is not settled stay.',
    schema: keepMs('90d', '1h'),
  },
} as const;

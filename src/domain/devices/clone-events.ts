import type { Sightings } from './clones.ts';
import { byService, type NewEvent } from '../event.ts';

const advice = 'Give each machine a name and a key of its own.';

/** Two machines under one name, seen by what they say of themselves. @param sightings as they are after the report */
export function clonesByMachineEvent(device: string, returned: 'boot' | 'serial', sightings: Sightings): NewEvent {
  const values = returned === 'serial' ? sightings.serials : sightings.boots;
  const [other = '', value = ''] = values.slice(-2);
  const what = returned === 'serial' ? 'serial number' : 'boot';
  return clonesEvent(device, `${what} ${value} is back after ${other}`, { evidence: returned, value, other });
}

/** Two machines under one name, seen by connections that take over from each other. @param times so far */
export function clonesByConnectionEvent(device: string, times: number): NewEvent {
  const found = `its connections took over from each other ${times} times while both were alive`;
  return clonesEvent(device, found, { evidence: 'connection', times });
}

function clonesEvent(device: string, found: string, details: Readonly<Record<string, string | number>>): NewEvent {
  return {
    type: 'Warning',
    reason: 'DeviceClonesNoticed',
    involved: { kind: 'Device', name: device },
    message: `Two machines speak as device ${device}: ${found}. ${advice}`,
    details: { detailType: 'MusterClones', ...details },
    by: byService,
  };
}

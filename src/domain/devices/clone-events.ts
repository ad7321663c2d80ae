import type { Sightings } from './clones.ts';
import { byService, type NewEvent } from '../event.ts';

const advice = 'Give each machine its own name and its own key.';

/**
 * The event of two machines under one name, recognised by their identifiers. @param sightings as they are after the report
 */
export function clonesByMachineEvent(device: string, returned: 'boot' | 'serial', sightings: Sightings): NewEvent {
  const values = returned === 'serial' ? sightings.serials : sightings.boots;
  const [other = '', value = ''] = values.slice(-2);
  const what = returned === 'serial' ? 'serial number' : 'boot';
  return clonesEvent(device, `${what} ${value} is back after ${other}`, { evidence: returned, value, other });
}

/**
 * The event of two machines under one name, recognised by connections that take over from each other. @param times that they did so far
 */
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

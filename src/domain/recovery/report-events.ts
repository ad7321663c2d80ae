import { byService, type NewEvent } from '../event.ts';
import type { Decision } from './report.ts';

/** The event of a report that changed its device's gate: the verdict, both positions, and the gate before and after. */
export function transitionEvent(device: string, { judgement, gateBefore, gate, state }: Decision): NewEvent {
  const paused = gate === 'ConflictPaused';
  const { verdict, info } = (paused ? state.conflict : null) ?? judgement;
  return {
    type: paused ? 'Warning' : 'Normal',
    reason: paused ? 'DeviceConflictPaused' : 'DeviceAnswered',
    involved: { kind: 'Device', name: device },
    message: paused ? `Paused (${verdict}): ${info}` : `Answered after the restore (${verdict}): ${info}`,
    details: {
      detailType: paused ? 'MusterConflict' : 'MusterAnswer',
      before: gateBefore,
      after: gate,
      verdict,
      device: { ...state.reported },
      server: { ...state.server },
    },
    detailsAreOwn: true,
    by: byService,
  };
}

/** The event of a pause in normal operation, which means that either the server went back or the device lies. */
export function aheadEvent(device: string, restore: string, info: string): NewEvent {
  return {
    type: 'Warning',
    reason: 'DeviceAheadWithoutRestore',
    involved: { kind: 'System', name: restore },
    message: `Device ${device} is ahead although no restore was declared. ${info}`,
    details: { detailType: 'MusterDeviceAhead', device },
    by: byService,
  };
}

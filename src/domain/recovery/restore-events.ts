import { byService, type NewEvent } from '../event.ts';

/** A change of a restore: it settles, or musters again after it had settled. */
export type Settling = 'Settled' | 'MusteringAgain';

/** The event of a muster that has ended, or that goes on after it had ended. */
export function settlingEvent(restore: string, settling: Settling): NewEvent {
  const common = { involved: { kind: 'Restore', name: restore }, by: byService } as const;
  switch (settling) {
    case 'Settled':
      return {
        ...common,
        type: 'Normal',
        reason: 'RestoreSettled',
        message: 'Every device has answered and no conflict is left.',
      };
    case 'MusteringAgain':
      return {
        ...common,
        type: 'Warning',
        reason: 'RestoreMusteringAgain',
        message: 'A device is awaited or paused again, so the restore is no longer settled.',
      };
    default:
      return settling satisfies never;
  }
}

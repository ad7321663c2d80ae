import { byService, type NewEvent } from '../event.ts';

/** A restore that settles, or is mustering again after it had settled. */
export type Settling = 'Settled' | 'MusteringAgain';

/** The event of a restore's muster being over, or going on after it was over. */
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
        message: 'A device is awaited or paused again, so the restore is settled no longer.',
      };
    default:
      return settling satisfies never;
  }
}

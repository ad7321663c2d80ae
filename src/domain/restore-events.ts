import { serviceActor, type NewEvent } from './event.ts';

/** The event of a restore's muster being over. */
export function settledEvent(restore: string): NewEvent {
  return {
    type: 'Normal',
    reason: 'RestoreSettled',
    involved: { kind: 'Restore', name: restore },
    message: 'Every device has answered and no conflict is left.',
    actor: serviceActor,
  };
}

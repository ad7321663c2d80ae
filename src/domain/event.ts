import type { JsonObject } from './json.ts';
import type { EventReason } from './resources/event-reasons.ts';

/** The content of an event; its row also has the time and the restore. */
export type NewEvent = {
  readonly type: 'Normal' | 'Warning';
  readonly reason: EventReason;
  readonly involved: {
    readonly kind: 'Device' | 'Fleet' | 'Restore' | 'EnrollmentRequest' | 'CertificateSigningRequest' | 'System';
    readonly name: string;
  };
  readonly message: string;
  readonly details?: JsonObject;
  /** True if all details are Muster's own (positions, verdicts), so that they cannot hold a secret. */
  readonly detailsAreOwn?: boolean;
  readonly by: Origin;
};

/** The originator of an action, and the request that asked for it. */
export type Origin = {
  /** `user:NAME`, `token:NAME`, `device:NAME` or `service:NAME`. */
  readonly actor: string;
  /** Address of the client; absent if no request asked for the action. */
  readonly from?: string;
  readonly requestId?: string;
};

/** Origin of actions that Muster takes by itself. */
export const byService: Origin = { actor: 'service:muster' };

/** Origin of a device's actions, by the name that it has proved, or only stated where devices need not prove it. */
export function byDevice(name: string): Origin {
  return { actor: `device:${name}` };
}

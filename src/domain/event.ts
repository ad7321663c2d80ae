import type { JsonObject } from './json.ts';
import type { EventReason } from './resources/event-reasons.ts';

/** What an event tells of; the row it becomes carries also when, and in which restore. */
export type NewEvent = {
  readonly type: 'Normal' | 'Warning';
  readonly reason: EventReason;
  readonly involved: {
    readonly kind: 'Device' | 'Fleet' | 'Restore' | 'EnrollmentRequest' | 'CertificateSigningRequest' | 'System';
    readonly name: string;
  };
  readonly message: string;
  readonly details?: JsonObject;
  /** True where all of the details is Muster's own (positions, verdicts), so that no secret can be in them. */
  readonly detailsAreOwn?: boolean;
  readonly by: Origin;
};

/** The originator of an action, and the request that asked for it. */
export type Origin = {
  /** `user:NAME`, `token:NAME`, `device:NAME` or `service:NAME`. */
  readonly actor: string;
  /** Address of the client; absent where no request asked for it. */
  readonly from?: string;
  readonly requestId?: string;
};

/** Origin of what Muster does by itself. */
export const byService: Origin = { actor: 'service:muster' };

/** Origin of what a device does, by the name that it has proved or, where nobody has to, given. */
export function byDevice(name: string): Origin {
  return { actor: `device:${name}` };
}

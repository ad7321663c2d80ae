import { annotationKeys } from './devices/device-document.ts';
import type { JsonObject } from './json.ts';
import type { Event } from './resources/event.ts';

/** Annotations of an event that name the request that caused it. */
const originKeys = { from: 'muster/from', request: 'muster/request' } as const;

/** An event as it is stored. */
type StoredEvent = {
  readonly name: string;
  readonly at: Date;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly involvedKind: string;
  readonly involvedName: string;
  readonly message: string;
  readonly details: JsonObject | null;
  readonly actor: string;
  readonly component: string;
  /** The restore that was current when it happened. */
  readonly restore: string;
  /** Address of the client whose request caused it; null if no request did. */
  readonly clientAddress: string | null;
  readonly requestId: string | null;
};

/** An event as the API shows it. */
export function eventDocument(event: StoredEvent): Event {
  return {
    apiVersion: 'flightctl.io/v1beta1',
    kind: 'Event',
    metadata: {
      name: event.name,
      creationTimestamp: event.at.toISOString(),
      annotations: {
        [annotationKeys.restore]: event.restore,
        ...(event.clientAddress !== null && { [originKeys.from]: event.clientAddress }),
        ...(event.requestId !== null && { [originKeys.request]: event.requestId }),
      },
    },
    involvedObject: { kind: event.involvedKind, name: event.involvedName },
    // Not checked: only the service writes reasons and details, and a newer version's must not make a list unreadable.
    reason: event.reason as Event['reason'],
    message: event.message,
    type: event.type,
    source: { component: event.component },
    actor: event.actor,
    ...(event.details !== null && { details: event.details as unknown as NonNullable<Event['details']> }),
  };
}

import { deviceKind } from './device-kind.ts';
import { enrollmentRequestKind } from './enrollment-request-kind.ts';
import { eventKind } from './event-kind.ts';
import { fleetKind } from './fleet-kind.ts';
import type { ResourceKind } from './resource-kind.ts';
import { restoreKind } from './restore-kind.ts';
import { signingRequestKind } from './signing-request-kind.ts';
import { unknownDeviceKind } from './unknown-device-kind.ts';

/** Every kind of resource that can be listed. */
export const resourceKinds: readonly ResourceKind[] = [
  deviceKind,
  fleetKind,
  enrollmentRequestKind,
  signingRequestKind,
  restoreKind,
  eventKind,
  unknownDeviceKind,
];

/** The words by which a kind may be called. */
export function wordsFor({ plural, singular, aliases }: ResourceKind): string[] {
  return [plural, singular, ...aliases];
}

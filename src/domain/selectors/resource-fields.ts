import type { FieldCatalogue } from './field-catalogue.ts';

const text = { type: 'text' } as const;
const timestamp = { type: 'timestamp' } as const;
const boolean = { type: 'boolean' } as const;

/** Fields of every resource. */
const everyResource = {
  'metadata.name': text,
  'metadata.owner': text,
  'metadata.creationTimestamp': timestamp,
} as const satisfies FieldCatalogue;

export const deviceFields = {
  'metadata.name': text,
  /** The label `alias`. */
  'metadata.alias': text,
  /** Matches the name or the alias. As in Flight Control, `!=` fails only where both are equal to the value. */
  'metadata.nameOrAlias': { type: 'text', anyOf: ['metadata.name', 'metadata.alias'] },
  'metadata.owner': text,
  'metadata.creationTimestamp': timestamp,
  lastSeen: timestamp,
  'status.summary.status': text,
  'status.updated.status': text,
  'status.applicationsSummary.status': text,
  'status.lifecycle.status': text,
  'status.capabilities.osMode': text,
} as const satisfies FieldCatalogue;

export const fleetFields = {
  ...everyResource,
  'spec.template.spec.os.image': text,
} as const satisfies FieldCatalogue;

export const enrollmentRequestFields = {
  ...everyResource,
  'status.approval.approved': boolean,
  'status.certificate': text,
} as const satisfies FieldCatalogue;

export const signingRequestFields = {
  ...everyResource,
  'status.certificate': text,
} as const satisfies FieldCatalogue;

export const eventFields = {
  ...everyResource,
  'involvedObject.kind': text,
  'involvedObject.name': text,
  reason: text,
  type: text,
  actor: text,
} as const satisfies FieldCatalogue;

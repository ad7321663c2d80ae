import { z } from 'zod';
import { apiVersionSchema } from './api-version.ts';
import { deviceSpecSchema } from './device-spec.ts';
import { deviceStatusSchema, reportedDeviceStatusSchema } from './device-status.ts';
import { devicesSummarySchema } from './devices-summary.ts';
import { listMetaSchema } from './list-meta.ts';
import { objectMetaSchema } from './object-meta.ts';
import { timestampSchema } from './timestamp.ts';

/** A device in answers. */
export const deviceSchema = z
  .strictObject({
    apiVersion: apiVersionSchema,
    kind: z.literal('Device'),
    metadata: objectMetaSchema,
    spec: deviceSpecSchema.optional(),
    status: deviceStatusSchema.optional(),
  })
  .meta({
    id: 'Device',
    description: 'A device: its desired state, and its known state.',
    example: {
      apiVersion: 'flightctl.io/v1beta1',
      kind: 'Device',
      metadata: { name: 'gateway-0017', labels: { site: 'north' } },
    },
  });
export type Device = z.infer<typeof deviceSchema>;

const requestFields = {
  apiVersion: apiVersionSchema,
  /** The agent leaves it empty. */
  kind: z.enum(['Device', '']),
  metadata: objectMetaSchema,
};

/**
 * A device in a request to create or replace one. The request may hold a status, as it does when a person edits an answer;
 * it is ignored.
 */
export const deviceRequestSchema = z
  .strictObject({
    ...requestFields,
    spec: deviceSpecSchema.optional(),
    status: z.unknown().optional().meta({ description: 'Ignored: a device reports its status itself.' }),
  })
  .meta({ id: 'DeviceRequest', description: 'A device to create, or to replace an existing one with.' });
export type DeviceRequest = z.infer<typeof deviceRequestSchema>;

/** A device in a report of its status, as its agent sends it: only the status is read. */
export const deviceStatusRequestSchema = z
  .strictObject({
    ...requestFields,
    spec: z.unknown().optional().meta({ description: 'Ignored: a report does not change the spec.' }),
    status: reportedDeviceStatusSchema,
  })
  .meta({ id: 'DeviceStatusRequest', description: "A device's report of its status." });

export const deviceListSchema = z
  .looseObject({
    apiVersion: apiVersionSchema,
    kind: z.literal('DeviceList'),
    metadata: listMetaSchema,
    items: z.array(deviceSchema),
    summary: devicesSummarySchema.optional(),
  })
  .meta({ id: 'DeviceList', description: 'A page of devices.' });
export type DeviceList = z.infer<typeof deviceListSchema>;

export const deviceLastSeenSchema = z
  .looseObject({ lastSeen: timestampSchema })
  .meta({ id: 'DeviceLastSeen', description: "Time of a device's last sign of life." });

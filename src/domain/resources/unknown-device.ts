import { z } from 'zod';
import { musterApiVersionSchema } from './api-version.ts';
import { listMetaSchema } from './list-meta.ts';
import { labelsSchema } from './object-meta.ts';
import { positionSchema } from './position.ts';
import { timestampSchema } from './timestamp.ts';

const unknownDeviceSchema = z
  .object({
    name: z.string(),
    firstSeen: timestampSchema,
    lastSeen: timestampSchema,
    reported: positionSchema.meta({ description: 'The position that the device reported.' }),
  })
  .meta({ id: 'UnknownDevice', description: 'A device that has reported, but that the database does not know.' });
export type UnknownDevice = z.infer<typeof unknownDeviceSchema>;

export const unknownDeviceEnrollmentSchema = z
  .strictObject({ labels: labelsSchema.optional() })
  .meta({ id: 'UnknownDeviceEnrollment', description: 'Lets in a device that the database does not know.' });

export const unknownDeviceListSchema = z
  .object({
    apiVersion: musterApiVersionSchema,
    kind: z.literal('UnknownDeviceList'),
    metadata: listMetaSchema,
    items: z.array(unknownDeviceSchema),
  })
  .meta({ id: 'UnknownDeviceList', description: 'A page of devices that the database does not know.' });

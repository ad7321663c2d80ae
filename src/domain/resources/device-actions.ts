import { z } from 'zod';
import { limits } from './limits.ts';
import { atLeastOneOf, requiring } from './object-rules.ts';

/** A blank selector would select everything, which an action must never be asked for by accident. */
const selector = z
  .string()
  .max(limits.selectorLength, { abort: true })
  .regex(/\S/, 'expected a selector that is not blank');

const selectors = ['labelSelector', 'fieldSelector'] as const;

const actionFields = {
  labelSelector: selector.optional().meta({ description: 'Which devices, by their labels.' }),
  fieldSelector: selector.optional().meta({ description: 'Which devices, by their fields.' }),
  dryRun: z.boolean().optional().meta({ description: 'Only say which devices it would be.' }),
  reason: z.string().max(limits.reasonLength).optional().meta({ description: 'Why; goes into the audit trail.' }),
  limit: z.int().min(1).optional().meta({ description: 'At most so many devices, in the order of their names.' }),
};

export const deviceResumeRequestSchema = z
  .strictObject(actionFields)
  .superRefine(atLeastOneOf(selectors))
  .meta({
    id: 'DeviceResumeRequest',
    description:
      'Lets the restored spec win over the paused devices that both selectors choose; one at least must be given.',
    allOf: [{ anyOf: requiring(selectors) }],
  });

const names = z
  .array(z.string())
  .max(limits.listedDeviceCount)
  .meta({ description: `The names of the first ${limits.listedDeviceCount} of them.` });

/** Said of a device for which no spec is here: nothing is ever removed by sending an empty one. */
const nothingToSend = {
  devicesWithNothingToSend: z
    .int()
    .nonnegative()
    .optional()
    .meta({ description: 'How many of them have no spec here: nothing is sent to them, and they keep what they run.' }),
  nothingToSend: names.optional().meta({
    description: `The names of the first ${limits.listedDeviceCount} that have no spec here.`,
  }),
};

export const deviceResumeResponseSchema = z
  .strictObject({
    resumedDevices: z.int().nonnegative().meta({ description: 'How many devices were resumed, or would be.' }),
    devices: names,
    ...nothingToSend,
  })
  .meta({ id: 'DeviceResumeResponse', description: 'Which devices were resumed.' });

export const deviceAdoptRequestSchema = z
  .strictObject(actionFields)
  .superRefine(atLeastOneOf(selectors))
  .meta({
    id: 'DeviceAdoptRequest',
    description:
      'Lets the spec that each device runs become its desired one, for the paused devices that both selectors choose.',
    allOf: [{ anyOf: requiring(selectors) }],
  });

export const deviceAdoptResponseSchema = z
  .strictObject({
    adoptedDevices: z.int().nonnegative().meta({ description: 'How many devices were adopted, or would be.' }),
    devices: names,
    withoutSpec: names.optional().meta({
      description:
        'Devices that were chosen but stay paused, for they have not sent the spec they run; the first of them.',
    }),
    ...nothingToSend,
  })
  .meta({ id: 'DeviceAdoptResponse', description: 'Which devices were adopted.' });

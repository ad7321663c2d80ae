import { z } from 'zod';
import { limits } from './limits.ts';
import { atLeastOneOf, requiring } from './object-rules.ts';

/** A selector that is not blank. A blank one would select everything, and no action may do that by accident. */
const selector = z
  .string()
  .max(limits.selectorLength, { abort: true })
  .regex(/\S/, 'expected a selector that is not blank');

const selectors = ['labelSelector', 'fieldSelector'] as const;

const actionFields = {
  labelSelector: selector.optional().meta({ description: 'Selects devices by their labels.' }),
  fieldSelector: selector.optional().meta({ description: 'Selects devices by their fields.' }),
  dryRun: z.boolean().optional().meta({ description: 'Only lists the devices, without acting on them.' }),
  reason: z.string().max(limits.reasonLength).optional().meta({ description: 'The reason, for the audit trail.' }),
  limit: z
    .int()
    .min(1)
    .optional()
    .meta({ description: 'The maximum number of devices, taken in the order of their names.' }),
};

export const deviceResumeRequestSchema = z
  .strictObject(actionFields)
  .superRefine(atLeastOneOf(selectors))
  .meta({
    id: 'DeviceResumeRequest',
    description:
      'Lets the restored spec win over the paused devices that both selectors choose; at least one must be given.',
    allOf: [{ anyOf: requiring(selectors) }],
  });

const names = z
  .array(z.string())
  .max(limits.listedDeviceCount)
  .meta({ description: `The names of the first ${limits.listedDeviceCount} of them.` });

/**
 * Parts of an answer about devices for which the server has no spec: nothing is sent to them, because an empty spec would
 * remove everything.
 */
const nothingToSend = {
  devicesWithNothingToSend: z.int().nonnegative().optional().meta({
    description:
      'Number of them for which the server has no spec: nothing is sent to them, and they keep what they run.',
  }),
  nothingToSend: names.optional().meta({
    description: `The names of the first ${limits.listedDeviceCount} for which the server has no spec.`,
  }),
};

export const deviceResumeResponseSchema = z
  .strictObject({
    resumedDevices: z.int().nonnegative().meta({ description: 'Number of devices that were resumed, or would be.' }),
    devices: names,
    ...nothingToSend,
  })
  .meta({ id: 'DeviceResumeResponse', description: 'The devices that were resumed.' });

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
    adoptedDevices: z.int().nonnegative().meta({ description: 'Number of devices that were adopted, or would be.' }),
    devices: names,
    withoutSpec: names.optional().meta({
      description:
        'The first devices that were chosen but stay paused, because they have not sent the spec that they run.',
    }),
    ...nothingToSend,
  })
  .meta({ id: 'DeviceAdoptResponse', description: 'The devices that were adopted.' });

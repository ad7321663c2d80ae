import { z } from 'zod';
import { deviceSchema } from './device.ts';
import { reportedDeviceStatusSchema } from './device-status.ts';
import { limits } from './limits.ts';
import { gateSchema, verdictSchema } from './position.ts';

const id = z.int().optional().meta({ description: 'Chosen by the device; the answer to a frame has the same id.' });
/** A claim is parsed later with the position, which refuses a malformed one with the same words as over HTTP. */
const claim = z.string().max(limits.positionTextLength).nullable().optional();

const reportFrameSchema = z
  .object({
    type: z.literal('report'),
    id,
    renderedVersion: claim.meta({
      description: 'The rendered version that the device has, and has applied unless `status` says another.',
    }),
    timeline: claim.meta({ description: 'The timeline of that version.' }),
    specHash: claim.meta({ description: 'SHA-256 of the spec that the device runs.' }),
    status: reportedDeviceStatusSchema.optional(),
    spec: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: 'The spec that the device runs, when asked for; only checked when it is adopted.' }),
  })
  .meta({ id: 'ReportFrame', description: 'A report of a device: its position and its status.' });
export type ReportFrame = z.infer<typeof reportFrameSchema>;

/** Frames that a device sends over a connection of the subprotocol `muster.v1`. */
export const deviceFrameSchema = z
  .discriminatedUnion('type', [reportFrameSchema])
  .meta({ id: 'DeviceFrame', description: 'A frame from a device.' });
export type DeviceFrame = z.infer<typeof deviceFrameSchema>;

export const verdictFrameSchema = z
  .object({
    type: z.literal('verdict'),
    id,
    verdict: verdictSchema,
    gate: gateSchema,
    info: z.string().meta({ description: 'Why, for people.' }),
    restore: z.string().meta({ description: 'The restore that the device has now answered.' }),
    wants: z
      .array(z.enum(['spec']))
      .optional()
      .meta({ description: 'Things that the next report should hold besides.' }),
  })
  .meta({ id: 'VerdictFrame', description: 'The answer to a report.' });
export type VerdictFrame = z.infer<typeof verdictFrameSchema>;

const renderedFrameSchema = z.object({ type: z.literal('rendered'), device: deviceSchema }).meta({
  id: 'RenderedFrame',
  description: 'A spec to apply: newer than what the device runs, and never empty. Sent only while the gate is open.',
});

export const reportRequestFrameSchema = z
  .object({
    type: z.literal('report-request'),
    reason: z.string().meta({ description: 'The reason: `restore` if a restore was declared.' }),
  })
  .meta({ id: 'ReportRequestFrame', description: 'Asks the device to report its position again.' });

export const errorFrameSchema = z
  .object({
    type: z.literal('error'),
    code: z.int().meta({ description: 'The HTTP status that the same report over HTTP would get.' }),
    message: z.string(),
    id,
  })
  .meta({ id: 'ErrorFrame', description: 'A frame was refused.' });

/** Frames that Muster sends over a connection of the subprotocol `muster.v1`. */
export const musterFrameSchema = z
  .discriminatedUnion('type', [verdictFrameSchema, renderedFrameSchema, reportRequestFrameSchema, errorFrameSchema])
  .meta({ id: 'MusterFrame', description: 'A frame from Muster.' });
export type MusterFrame = z.infer<typeof musterFrameSchema>;

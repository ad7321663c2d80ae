import { z } from 'zod';
import { gates } from '../recovery/gate.ts';
import { verdicts } from '../recovery/verdict.ts';

export const verdictSchema = z
  .enum(verdicts)
  .meta({ id: 'Verdict', description: "The result of comparing a device's position with the server's." });

export const conflictVerdictSchema = z
  .enum(['Ahead', 'Diverged'])
  .meta({ id: 'ConflictVerdict', description: 'A verdict that pauses a device until a person decides.' });

export const gateSchema = z
  .enum(gates)
  .meta({ id: 'Gate', description: 'Says if specs may be rendered for, and delivered to, a device.' });

/** A position in answers. Versions are text, as everywhere in Flight Control's documents. */
export const positionSchema = z
  .object({
    timeline: z
      .string()
      .nullable()
      .meta({ description: 'The restore since which renders form one history; null if not stated.' }),
    renderedVersion: z.string(),
    specHash: z.string().nullable().meta({ description: 'SHA-256 of the spec; null if not known.' }),
  })
  .meta({
    id: 'Position',
    description: 'The place of a device in its history of renders, as the device or the server sees it.',
  });
export type Position = z.infer<typeof positionSchema>;

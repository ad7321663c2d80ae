import { z } from 'zod';
import { gates } from '../recovery/gate.ts';
import { verdicts } from '../recovery/verdict.ts';

export const verdictSchema = z
  .enum(verdicts)
  .meta({ id: 'Verdict', description: "What comparing a device's position with the server's says." });

export const conflictVerdictSchema = z
  .enum(['Ahead', 'Diverged'])
  .meta({ id: 'ConflictVerdict', description: 'A verdict that pauses a device until a person decides.' });

export const gateSchema = z
  .enum(gates)
  .meta({ id: 'Gate', description: 'Whether specs may be rendered for, and delivered to, a device.' });

/** A position as it is answered. Versions are text there, as everywhere in Flight Control's documents. */
export const positionSchema = z
  .object({
    timeline: z
      .string()
      .nullable()
      .meta({ description: 'The restore since which renders form one history; null if not stated.' }),
    renderedVersion: z.string(),
    specHash: z.string().nullable().meta({ description: 'SHA-256 of the spec; null if not known.' }),
  })
  .meta({ id: 'Position', description: 'Where a device is, or where the server thinks it is.' });
export type Position = z.infer<typeof positionSchema>;

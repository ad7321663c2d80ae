import { z } from 'zod';

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time in a plan, such as `30m`, read as milliseconds. */
export const planDuration = z
  .string({ error: 'expected a time such as 90s, 30m, 24h or 7d' })
  .regex(/^\d{1,9}(ms|s|m|h|d)$/, 'expected a time such as 90s, 30m, 24h or 7d')
  .transform((text) => Number.parseInt(text, 10) * (unitMs[text.replace(/^\d+/, '')] ?? 1));

import { z } from 'zod';

const rfc3339 = z.core.regexes.datetime({ offset: true });
const maxTimestamp = 64;

/** A point in time on the wire: RFC 3339 text with `Z` or an offset, never a Date. */
export const timestampSchema = z
  .string()
  .max(maxTimestamp, { abort: true })
  .refine((text) => rfc3339.test(text), { error: 'expected a date and time such as 2026-11-20T02:00:00Z (RFC 3339)' })
  .meta({ format: 'date-time' });

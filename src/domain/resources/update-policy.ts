import { z } from 'zod';
import { plainText } from './templated.ts';

/** Flight Control's duration: a whole number of seconds, minutes or hours. */
export const durationSchema = plainText({
  pattern: /^(?:[1-9]\d*)?\d[smh]$/,
  expected: 'expected a duration such as 30s, 10m or 1h',
}).meta({ id: 'Duration', description: 'A whole number of seconds (s), minutes (m) or hours (h).' });

const zone = '[A-Za-z][A-Za-z0-9._+-]*';

/** IANA names have four letters or a slash. Of the shorter names only the two with one clear meaning are allowed. */
const timeZoneSchema = plainText({
  pattern: new RegExp(`^(?:GMT|UTC|${zone}(?:/[A-Za-z0-9][A-Za-z0-9._+-]*)+|(?=.{4})${zone})$`),
  expected: 'expected an IANA time zone such as Europe/Paris, or UTC, GMT or Local',
}).meta({ id: 'TimeZone', description: "An IANA time zone; Local, the device's own, if not given." });

const field = '[0-9A-Za-z*,/?-]+';

const cronExpressionSchema = plainText({
  pattern: new RegExp(`^ *${field}(?: +${field}){4} *$`),
  expected: 'expected five fields: minute, hour, day of month, month, day of week',
}).meta({
  id: 'CronExpression',
  description:
    'Points in time: minute, hour, day of month, month and day of week, each a value, list, range, step or *.',
});

const updateScheduleSchema = z
  .looseObject({
    timeZone: timeZoneSchema.optional(),
    at: cronExpressionSchema,
    startGraceDuration: durationSchema,
  })
  .meta({
    id: 'UpdateSchedule',
    description: 'The times at which something may start, and the longest delay after them.',
  });
export type UpdateSchedule = z.infer<typeof updateScheduleSchema>;

export const deviceUpdatePolicySpecSchema = z
  .looseObject({
    downloadSchedule: updateScheduleSchema.optional(),
    updateSchedule: updateScheduleSchema.optional(),
  })
  .meta({
    id: 'DeviceUpdatePolicySpec',
    description: 'The times at which the device may download an update and apply it.',
  });

import { z } from 'zod';
import { stepNames } from './run-steps.ts';

const at = z.iso.datetime();
const step = z.enum(stepNames);

/** The backup that a run chose, or the moment that an external restore brings back. */
const chosenBackupSchema = z.strictObject({
  /** Null for an external restore. */
  id: z.string().nullable(),
  /** Path of the dump; null for an external restore. */
  path: z.string().nullable(),
  sha256: z.string().nullable(),
  takenAt: z.iso.datetime({ offset: true }),
});
export type ChosenBackup = z.infer<typeof chosenBackupSchema>;

/**
 * A line of the journal of a run: what the world forgets. What was saved and chosen, what was about to be done, and how it
 * ended; never a secret.
 */
export const runEntrySchema = z.discriminatedUnion('type', [
  z.strictObject({
    at,
    type: z.literal('begun'),
    run: z.string(),
    plan: z.string(),
    planSha256: z.string(),
    /** Database that is replaced, and its server. */
    database: z.string(),
    admin: z.string(),
    operator: z.string(),
    reason: z.string(),
    backup: z.string(),
    lostAt: z.iso.datetime({ offset: true }).nullable(),
    muster: z.string(),
  }),
  z.strictObject({ at, type: z.literal('resumed'), operator: z.string(), planSha256: z.string() }),
  z.strictObject({ at, type: z.literal('chosen'), backup: chosenBackupSchema }),
  /** Forecast of what the restore would cost, where one could be made. */
  z.strictObject({ at, type: z.literal('forecast'), text: z.string() }),
  z.strictObject({ at, type: z.literal('saved'), item: z.string(), values: z.record(z.string(), z.string()) }),
  z.strictObject({ at, type: z.literal('suspending'), item: z.string() }),
  z.strictObject({ at, type: z.literal('started'), item: z.string() }),
  z.strictObject({ at, type: z.literal('unsuspended'), item: z.string() }),
  /** A database that is about to be made, for one attempt. */
  z.strictObject({ at, type: z.literal('creating'), database: z.string() }),
  /** An external restore has run to its end. */
  z.strictObject({ at, type: z.literal('ran'), database: z.string() }),
  z.strictObject({ at, type: z.literal('restored'), database: z.string(), oid: z.string() }),
  z.strictObject({ at, type: z.literal('declared'), restore: z.string(), devices: z.int() }),
  z.strictObject({ at, type: z.literal('swapped'), replaced: z.string().nullable() }),
  z.strictObject({ at, type: z.literal('mustered'), answered: z.int(), total: z.int(), waited: z.boolean() }),
  /** A command that is about to be started; its processes carry the number. */
  z.strictObject({ at, type: z.literal('command'), step, number: z.int(), command: z.array(z.string()) }),
  z.strictObject({ at, type: z.literal('ended'), number: z.int(), code: z.int().nullable() }),
  z.strictObject({ at, type: z.literal('intent'), step }),
  z.strictObject({ at, type: z.literal('done'), step, already: z.boolean() }),
  z.strictObject({ at, type: z.literal('failed'), step, message: z.string() }),
  z.strictObject({ at, type: z.literal('abandoning'), operator: z.string() }),
  z.strictObject({ at, type: z.literal('finished'), outcome: z.enum(['completed', 'abandoned']) }),
]);
export type RunEntry = z.infer<typeof runEntrySchema>;

type WithoutTime<Entry> = Entry extends unknown ? Omit<Entry, 'at'> : never;
/** An entry before it is written, which gives it its time. */
export type NewRunEntry = WithoutTime<RunEntry>;

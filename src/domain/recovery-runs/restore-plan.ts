import { z } from 'zod';
import { planDuration } from './plan-duration.ts';

const name = z
  .string()
  .max(60)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'expected lower-case letters, digits and hyphens');

/** Names of databases and roles that need no quotes in a connection string; short enough for what a run adds to them. */
const databaseName = z
  .string()
  .max(40)
  .regex(/^[a-zA-Z_][a-zA-Z0-9_-]*$/, 'expected letters, digits, _ and -');

const word = z
  .string({ error: 'expected text: put numbers, true and false in quotes' })
  .min(1)
  .max(10_000)
  // No program can be given one.
  .refine((text) => !text.includes('\0'), 'expected no zero byte');

/** A command: a program and its words. Nothing in it is read by a shell. */
export const commandSchema = z
  .array(word, { error: 'expected a list of words, such as [kubectl, get, pods]: commands are never shell text' })
  .min(1)
  .max(500);
export type Command = z.infer<typeof commandSchema>;

const literal =
  'expected where the secret is kept: {command: […]}, {env: NAME} or {file: PATH}; a plan never holds the secret itself';
const secretSchema = z.union(
  [
    z.strictObject({ command: commandSchema }),
    z.strictObject({ env: z.string().min(1).max(200) }),
    z.strictObject({ file: z.string().min(1).max(4_000) }),
  ],
  { error: literal },
);
export type SecretReference = z.infer<typeof secretSchema>;

const key = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected letters, digits and _');

const backgroundSchema = z.strictObject({
  name,
  /** Runs for as long as the run needs it. */
  run: commandSchema,
  /** Succeeds once the command is of use. */
  ready: commandSchema.optional(),
  within: planDuration.optional(),
});

const suspendSchema = z.strictObject({
  name,
  run: commandSchema,
  /** Succeeds once it is suspended. */
  until: commandSchema.optional(),
  within: planDuration.optional(),
  undo: commandSchema,
});

const stopSchema = z.strictObject({
  name,
  /** Commands whose output is kept, to be used in `undo`. */
  save: z.record(key, commandSchema).default({}),
  /** Values to go on with where it was stopped before the run looked. */
  otherwise: z.record(key, word).default({}),
  run: commandSchema,
  /** Succeeds once nothing of it runs. */
  until: commandSchema,
  within: planDuration.optional(),
  undo: commandSchema,
  /** Succeeds once it serves again. */
  healthy: commandSchema.optional(),
  healthyWithin: planDuration.optional(),
});

const dumpSchema = z.strictObject({ method: z.literal('dump'), jobs: z.int().min(1).max(64).default(1) });
const externalSchema = z.strictObject({
  method: z.literal('external'),
  /** Succeeds if the restore could be made. */
  probe: commandSchema.optional(),
  run: commandSchema,
  /** Succeeds once the restored database answers. */
  until: commandSchema,
  within: planDuration.optional(),
  /** The moment that is restored, or a command that prints it. */
  takenAt: z.union([z.iso.datetime({ offset: true }), commandSchema], {
    error: 'expected a time such as 2026-11-20T02:00:00Z, or a command that prints one',
  }),
});

const databaseSchema = z.strictObject({
  /** Address of the server for one who may create and rename databases, without a password. */
  admin: z.url({ protocol: /^postgres(ql)?$/, error: 'expected a URL such as postgres://postgres@127.0.0.1:5432' }),
  name: databaseName,
  owner: databaseName,
  /** Words before PostgreSQL's programs. */
  tools: z.array(word).max(50).default([]),
  restore: z.discriminatedUnion('method', [dumpSchema, externalSchema], {
    error: 'expected {method: dump} or {method: external, …}',
  }),
  /** `keep`: the replaced database stays under another name. */
  replaced: z.enum(['keep', 'drop'], { error: 'expected keep or drop' }).default('keep'),
});

const smokeSchema = z.strictObject({
  sql: z.string().min(1).max(10_000),
  /** Expected first value, or where the manifest of the backup has it, such as `manifest.counts.devices`. */
  equals: z.union([z.string(), z.number(), z.boolean()]),
});

const healthSchema = z.union(
  [
    z.strictObject({
      http: z.url({ protocol: /^https?$/ }),
      expect: z.int().min(100).max(599).default(200),
      within: planDuration.optional(),
    }),
    z.strictObject({ run: commandSchema, within: planDuration.optional() }),
  ],
  { error: 'expected {http: URL, expect: 200} or {run: […]}' },
);

/**
 * A plan of a restore (recovery.md, "A plan"): fixed steps, whose commands are the plan's. Strict: what is not known is an error.
 * What a single key does not show, `planFaults` finds. Times are milliseconds once it is read.
 */
export const restorePlanSchema = z.strictObject({
  apiVersion: z.literal('muster/v1'),
  kind: z.literal('RestorePlan'),
  metadata: z.strictObject({ name }),
  objectives: z
    .strictObject({
      /** Most time whose changes may be lost. */
      rpo: planDuration.optional(),
      /** Most time until the service is healthy again. */
      rto: planDuration.optional(),
      /** Share of the devices that has to have answered within a time. */
      answered: z.strictObject({ percent: z.int().min(1).max(100), within: planDuration }).optional(),
    })
    .default({}),
  backups: z
    .strictObject({
      at: z.string().min(1).max(4_000),
      /** Greatest age that a backup may have. */
      oldest: planDuration.optional(),
    })
    .optional(),
  secrets: z.record(key, secretSchema).default({}),
  background: z.array(backgroundSchema).max(50).default([]),
  suspend: z.array(suspendSchema).max(50).default([]),
  stop: z.array(stopSchema).min(1).max(50),
  database: databaseSchema,
  /** Redis of the services, without a password. */
  redis: z.url({ protocol: /^rediss?$/, error: 'expected a URL such as redis://127.0.0.1:6379' }).optional(),
  /** Journal of the services, which is read when the restore is declared. */
  journal: z.string().min(1).max(4_000).optional(),
  smoke: z.array(smokeSchema).max(100).default([]),
  health: z.array(healthSchema).max(50).default([]),
  /** People to ask if something fails, by the subject that they know. */
  contacts: z.record(z.string(), z.string().max(500)).default({}),
  /** Plans that have to have been carried out before this one. */
  after: z.array(z.string().min(1).max(4_000)).max(50).default([]),
});
export type RestorePlan = z.infer<typeof restorePlanSchema>;

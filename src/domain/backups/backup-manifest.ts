import { z } from 'zod';

/** The moment that a backup shows, as its id begins with it: `20261120T020000Z`. */
const stamp = String.raw`\d{8}T\d{6}Z`;

/** Names a backup: the moment that it shows and eight hexadecimal digits, so that ids sort by time. */
export const backupIdSchema = z
  .string()
  .regex(new RegExp(`^${stamp}-[0-9a-f]{8}$`), 'expected the id of a backup, such as 20261120T020000Z-4f1d09ab');

/** @param random eight hexadecimal digits */
export function backupId(takenAt: Date, random: string): string {
  return `${takenAt.toISOString().replaceAll(/[-:]|\.\d+/g, '')}-${random}`;
}

/** Programs that dump a database: PostgreSQL's own, or Muster itself where none of them fits the server. */
export const backupEngines = ['pg_dump', 'copy'] as const;
export type BackupEngine = (typeof backupEngines)[number];

const fileSchema = z.strictObject({
  /** Name within the directory of backups. */
  name: z
    .string()
    .max(200)
    .regex(/^[\w.-]+$/),
  bytes: z.int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type BackupFile = z.infer<typeof fileSchema>;

const count = z.int().nonnegative();

/**
 * Description of a backup and its commit mark: it is written last, so files without one are no backup. Times are RFC 3339.
 */
export const backupManifestSchema = z
  .strictObject({
    apiVersion: z.literal('muster/v1'),
    kind: z.literal('Backup'),
    id: backupIdSchema,
    /** Moment that the backup shows, by the clock of the database. */
    takenAt: z.iso.datetime(),
    engine: z.enum(backupEngines),
    versions: z.strictObject({
      muster: z.string(),
      /** PostgreSQL that was dumped. */
      server: z.string(),
      /** PostgreSQL's program that dumped it; null for Muster's own. */
      client: z.string().nullable(),
      /** Migrations that the database has had. */
      schema: count,
    }),
    /** The current restore, and all that came before it, newest first. */
    restore: z.uuid(),
    lineage: z.array(z.uuid()).max(100_000),
    /** Rows of each table. */
    counts: z.record(z.string(), count),
    /** Highest numbers given so far. */
    highest: z.strictObject({ renderedVersion: count, event: count }),
    files: z.strictObject({ dump: fileSchema, positions: fileSchema }),
    labels: z.record(z.string(), z.string()),
    /** Never pruned. */
    hold: z.boolean(),
  })
  // Removing a backup removes its files: a manifest must not name those of another one.
  .refine(({ id, files }) => Object.values(files).every(({ name }) => name.startsWith(`${id}.`)), {
    error: 'expected files whose names begin with the id of the backup',
    path: ['files'],
  });
export type BackupManifest = z.infer<typeof backupManifestSchema>;

/** Result of the last verification of a backup, kept beside it. */
export const verificationSchema = z.strictObject({
  /** Time of it. */
  at: z.iso.datetime(),
  /** Faults that were found; none in a good backup. */
  faults: z.array(z.string()),
});
export type Verification = z.infer<typeof verificationSchema>;

import { z } from 'zod';
import { documentKinds } from '../journal-facts/facts.ts';
import { musterApiVersionSchema } from './api-version.ts';
import { limits } from './limits.ts';
import { listMetaSchema } from './list-meta.ts';
import { resourceNameSchema } from './object-meta.ts';
import { timestampSchema } from './timestamp.ts';

export const lostDocumentKindSchema = z
  .enum(documentKinds)
  .meta({ id: 'LostDocumentKind', description: 'The kind of a resource that people edit.' });

export const lostDocumentSchema = z
  .object({
    kind: lostDocumentKindSchema,
    name: z.string(),
    change: z
      .enum(['Created', 'Edited', 'Deleted'])
      .meta({ description: 'What putting it back would do to the resource: make it, edit it or delete it.' }),
    by: z.string().meta({ description: 'The person or tool that did it before the database was lost.' }),
    at: timestampSchema.meta({ description: 'Time of that.' }),
    replayedAt: timestampSchema
      .nullable()
      .meta({ description: 'Time at which it was put back; null while it was not.' }),
    replayedBy: z.string().nullable(),
    difference: z.string().optional().meta({
      description: 'Difference between the resource as it is and as it was left, secrets masked. Only if asked for.',
    }),
  })
  .meta({ id: 'LostDocument', description: 'The last edit of a resource that the restored database does not know.' });
export type LostDocument = z.infer<typeof lostDocumentSchema>;

export const lostDocumentListSchema = z
  .object({
    apiVersion: musterApiVersionSchema,
    kind: z.literal('LostDocumentList'),
    metadata: listMetaSchema,
    items: z.array(lostDocumentSchema),
  })
  .meta({ id: 'LostDocumentList', description: 'A page of lost edits, by kind and name.' });

/** Most edits that one request puts back. */
export const maxReplayed = 200;

const replayItemSchema = z.strictObject({ kind: lostDocumentKindSchema, name: resourceNameSchema });
const replayOptions = {
  dryRun: z.boolean().optional().meta({ description: 'Only tell what would be put back.' }),
  reason: z.string().min(1).max(limits.reasonLength).optional().meta({ description: 'Why; it is on record.' }),
};

export const replayRequestSchema = z
  .union([
    z.strictObject({ items: z.array(replayItemSchema).min(1).max(maxReplayed), ...replayOptions }),
    z.strictObject({
      all: z.literal(true).meta({
        description: `All that were not put back, at most ${maxReplayed} in one request: ask again with its \`continue\` while it has one.`,
      }),
      continue: z.string().max(4_096).optional().meta({ description: 'The `continue` of the answer before.' }),
      ...replayOptions,
    }),
  ])
  .meta({ id: 'ReplayRequest', description: 'Puts lost edits back, as edits of the caller.' });
export type ReplayRequest = z.infer<typeof replayRequestSchema>;

const replayedItemSchema = z
  .object({
    kind: lostDocumentKindSchema,
    name: z.string(),
    outcome: z.enum(['Replayed', 'Skipped', 'Refused']).meta({
      description:
        'Skipped: it was put back before, or the resource was edited since the restore and was not named. Refused: the edit is not possible now.',
    }),
    message: z.string().optional(),
  })
  .meta({ id: 'ReplayedItem', description: 'What came of one lost edit.' });
export type ReplayedItem = z.infer<typeof replayedItemSchema>;

export const replayResultSchema = z
  .object({
    replayed: z.int().nonnegative(),
    items: z.array(replayedItemSchema),
    continue: z.string().optional().meta({ description: 'Where to go on; absent if all were looked at.' }),
  })
  .meta({ id: 'ReplayResult', description: 'What came of each lost edit; in a dry run, what would come of it.' });
export type ReplayResult = z.infer<typeof replayResultSchema>;

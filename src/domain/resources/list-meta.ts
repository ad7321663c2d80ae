import { z } from 'zod';

export const listMetaSchema = z
  .looseObject({
    continue: z.string().optional().meta({ description: 'The beginning of the next page; absent on the last page.' }),
    remainingItemCount: z.int().nonnegative().optional().meta({
      description:
        'Number of items after this page: exact up to 1,000, an estimate from the statistics of the database above. Absent on the last page, and where selectors choose.',
    }),
  })
  .meta({ id: 'ListMeta', description: 'Metadata of a page of a list.' });
export type ListMeta = z.infer<typeof listMetaSchema>;

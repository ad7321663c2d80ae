import { z } from 'zod';

export const listMetaSchema = z
  .looseObject({
    continue: z.string().optional().meta({ description: 'The beginning of the next page; absent on the last page.' }),
    remainingItemCount: z
      .int()
      .nonnegative()
      .optional()
      .meta({ description: 'Approximate number of items after this page, if it is known.' }),
  })
  .meta({ id: 'ListMeta', description: 'Metadata of a page of a list.' });
export type ListMeta = z.infer<typeof listMetaSchema>;

import { z } from 'zod';

export const listMetaSchema = z
  .looseObject({
    continue: z.string().optional().meta({ description: 'Where the next page begins; not there on the last one.' }),
    remainingItemCount: z
      .int()
      .nonnegative()
      .optional()
      .meta({ description: 'About how many items come after this page, where that is known.' }),
  })
  .meta({ id: 'ListMeta', description: 'What a page of a list says of the list.' });
export type ListMeta = z.infer<typeof listMetaSchema>;

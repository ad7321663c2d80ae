import { z } from 'zod';
import { limits } from './limits.ts';

const name = z.string().min(1).max(limits.textLength);

export const catalogItemRefSchema = z
  .strictObject({
    catalog: name.meta({ description: 'The catalog that the item is in.' }),
    item: name.meta({ description: 'The item.' }),
    version: name.meta({ description: 'A version of the item that exists.' }),
    channel: name.optional().meta({ description: 'The channel in which newer versions are looked for.' }),
  })
  .meta({ id: 'CatalogItemRefSpec', description: 'A version of an item of a catalog, which stands for an OCI image.' });

import { z } from 'zod';
import { limits } from './limits.ts';

const name = z.string().min(1).max(limits.textLength);

export const catalogItemRefSchema = z
  .strictObject({
    catalog: name.meta({ description: 'The catalog of the item.' }),
    item: name.meta({ description: 'The item.' }),
    version: name.meta({ description: 'An existing version of the item.' }),
    channel: name.optional().meta({ description: 'The channel in which newer versions are looked for.' }),
  })
  .meta({ id: 'CatalogItemRefSpec', description: 'A version of an item of a catalog, which names an OCI image.' });

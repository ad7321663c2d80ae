import { createHash } from 'node:crypto';
import { z } from 'zod';
import { badRequest } from '../domain/errors.ts';
import type { Page } from '../domain/page.ts';
import type { ListMeta } from '../domain/resources/list-meta.ts';
import { resourceNameSchema } from '../domain/resources/object-meta.ts';
import type { GivenSelectors } from '../domain/selectors/list-selectors.ts';

/** Items of a page where the request does not say, and the most there may be. */
const maxPageSize = 1_000;

export const pageQuery = z.object({
  limit: z.coerce
    .number({ error: `expected a whole number from 0 to ${maxPageSize}` })
    .int()
    .min(0)
    .max(maxPageSize)
    .optional()
    .describe(`Most items to return; ${maxPageSize} if it is not given or 0.`),
  continue: z.string().max(4_096).optional().describe('The `continue` of the page before, to get the one after it.'),
});

type PageRequest = { readonly limit?: number | undefined; readonly continue?: string | undefined };

/** Most items of a page. @param asked number that the request gives; 0 stands for none */
export function pageSize(asked: number | undefined): number {
  return asked === undefined || asked === 0 ? maxPageSize : asked;
}

/** Makes the metadata of a page. */
function listMeta<Key>({ next, remaining }: Page<unknown, Key>, tokens: { write(key: Key): string }): ListMeta {
  if (next === undefined) return {};
  return { continue: tokens.write(next), ...(remaining !== undefined && { remainingItemCount: remaining }) };
}

/**
 * Continue tokens of one list: opaque to clients, and only good for the query that they come from.
 *
 * @param query what was asked beside the page: the list's name and its selectors
 * @param keySchema the key by which the list is ordered
 */
export function pageTokens<Key>(query: string, keySchema: z.ZodType<Key>) {
  const fingerprint = createHash('sha256').update(query).digest('base64url').slice(0, 16);
  const tokenSchema = z.object({ q: z.literal(fingerprint), k: keySchema });
  return {
    /** Finds where a page begins and how long it is. @throws MusterError 400 for a token of another query */
    read(page: PageRequest): { limit: number; after: Key | undefined } {
      const limit = pageSize(page.limit);
      if (page.continue === undefined || page.continue === '') return { limit, after: undefined };
      const parsed = tokenSchema.safeParse(decode(page.continue));
      if (!parsed.success)
        throw badRequest('continue: expected the token of the page before, of the same list with the same selectors');
      return { limit, after: parsed.data.k };
    },
    /** The token of the page that begins after `key`. */
    write: (key: Key): string => Buffer.from(JSON.stringify({ q: fingerprint, k: key })).toString('base64url'),
  };
}

/** Continue tokens of a list of named resources, by its name and the selectors of the query. */
export function selectedPageTokens(list: string, { labelSelector = '', fieldSelector = '' }: GivenSelectors) {
  return pageTokens(JSON.stringify([list, labelSelector, fieldSelector]), resourceNameSchema);
}

/** A page of a list, in the envelope of its kind. */
export async function pageOf<List extends { apiVersion: string; kind: string }, Item, Key>(
  list: List,
  { query, tokens }: { query: PageRequest; tokens: ReturnType<typeof pageTokens<Key>> },
  read: (page: { limit: number; after: Key | undefined }) => Promise<Page<Item, Key>>,
): Promise<List & { metadata: ListMeta; items: Item[] }> {
  const page = await read(tokens.read(query));
  return { ...list, metadata: listMeta(page, tokens), items: page.items };
}

function decode(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The query of a list, as the API takes it. */
export type ListQuery = {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly limit?: number;
  readonly continue?: string;
};

/** Items in a page that the server answers at most. */
const maxPageItems = 1_000;

/**
 * Reads a list page by page.
 *
 * @param list reads one page; its `next` is the token of the page after it, undefined on the last one
 * @param query with a `limit` there are at most that many items over all pages; without, the list is read to its end
 */
export async function* pagesOf<Page extends { readonly items: readonly unknown[]; readonly next: string | undefined }>(
  list: (query: ListQuery) => Promise<Page>,
  query: ListQuery,
): AsyncGenerator<Page> {
  const { limit, continue: first, ...selectors } = query;
  let left = limit === undefined || limit === 0 ? Number.POSITIVE_INFINITY : limit;
  let token = first;
  do {
    const page = await list({
      ...selectors,
      limit: Math.min(left, maxPageItems),
      ...(token === undefined ? {} : { continue: token }),
    });
    yield page;
    left -= page.items.length;
    token = page.next;
  } while (token !== undefined && left > 0);
}

/** Token of the next page of a list that was answered; undefined on the last one, which says it as an empty text or not at all. */
export function nextPage({ metadata }: { metadata: { readonly continue?: string | undefined } }): string | undefined {
  return metadata.continue === '' ? undefined : metadata.continue;
}

import { cutPage } from '../../domain/page.ts';
import { selectsEverything, type ListSelectors } from '../../domain/selectors/list-selectors.ts';

/** The part of a list to read. */
export type PageRequest = { readonly limit: number; readonly after: string | undefined };

/** A list in name order, as the selectors have it. */
type Listed<Item> = {
  readonly list: (range: PageRequest) => Promise<Item[]>;
  /** Counts the items that come after a name, or estimates them. */
  readonly countAfter: (name: string) => Promise<number>;
};

type ReadPage<Item> = { shown: Item[]; next: string | undefined; remaining: number | undefined };

/** A page of a list, and how many items come after it where the list has everything on it. */
export async function readPage<Item extends { readonly name: string }>(
  selectors: ListSelectors,
  { limit, after }: PageRequest,
  { list, countAfter }: Listed<Item>,
): Promise<ReadPage<Item>> {
  return await pageOfFound(selectors, await list({ after, limit: limit + 1 }), { limit, countAfter });
}

/** Makes the page of items that were already read: one more than fits on it, so that it shows whether there are others. */
export async function pageOfFound<Item extends { readonly name: string }>(
  selectors: ListSelectors,
  found: readonly Item[],
  { limit, countAfter }: { limit: number } & Pick<Listed<Item>, 'countAfter'>,
): Promise<ReadPage<Item>> {
  const { shown, next } = cutPage(found, limit, ({ name }) => name);
  const counts = next !== undefined && selectsEverything(selectors);
  return { shown, next, remaining: counts ? await countAfter(next) : undefined };
}

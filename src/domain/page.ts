/**
 * A page of a list: its items, the key at which the next page begins, and the number of items after it if that is known.
 */
export type Page<Item, Key> = {
  readonly items: Item[];
  /** The key of the last item; undefined on the last page. */
  readonly next: Key | undefined;
  readonly remaining: number | undefined;
};

/**
 * Makes a page of items that were read with one more than fits.
 *
 * @param found the items, with one more than fits if there is one
 */
export function cutPage<Item, Key>(
  found: readonly Item[],
  limit: number,
  keyOf: (item: Item) => Key,
): { shown: Item[]; next: Key | undefined } {
  const shown = found.slice(0, limit);
  const last = found.length > limit ? shown.at(-1) : undefined;
  return { shown, next: last === undefined ? undefined : keyOf(last) };
}

/** A page of a list: what is on it, where the next begins, and how many items come after it where that is known. */
export type Page<Item, Key> = {
  readonly items: Item[];
  /** The key of the last item; undefined on the last page. */
  readonly next: Key | undefined;
  readonly remaining: number | undefined;
};

/**
 * The items of a page, and where the next begins.
 *
 * @param found one item more than fits, if there is one
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

/**
 * Works on every item, on at most `width` of them at a time. The first failure ends it: no further item is begun, and it
 * is thrown.
 */
export async function inParallel<Item>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const left = items.values();
  let failed = false;
  const workers = Array.from({ length: Math.min(width, items.length) }, async () => {
    for (const item of left) {
      if (failed) return;
      try {
        await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  });
  await Promise.all(workers);
}

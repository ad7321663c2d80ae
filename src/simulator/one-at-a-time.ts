/** Makes calls of a piece of work wait for each other. A call that fails does so for its caller alone. */
export function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return async () => {
    const before = last;
    const takeTurn = async () => {
      await before.catch(() => undefined);
      await work();
    };
    last = takeTurn();
    await last;
  };
}

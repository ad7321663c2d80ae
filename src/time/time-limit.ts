/** Waits for work a limited time. @returns its result; undefined if it failed or took longer, which does not stop it */
export async function within<Result>(ms: number, work: Promise<Result>): Promise<Result | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([work.catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for work a limited time, in milliseconds. @returns what has settled by then, and the work that has not */
export async function settledWithin<Result>(
  ms: number,
  works: readonly Promise<Result>[],
): Promise<{ done: PromiseSettledResult<Result>[]; late: Promise<Result>[] }> {
  const settled = new Map<Promise<Result>, PromiseSettledResult<Result>>();
  const noting = works.map(async (work) => {
    const [result] = await Promise.allSettled([work]);
    settled.set(work, result);
  });
  await within(ms, Promise.all(noting));
  return {
    done: works.flatMap((work) => settled.get(work) ?? []),
    late: works.filter((work) => !settled.has(work)),
  };
}

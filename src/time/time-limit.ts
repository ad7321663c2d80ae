/** Settles as work does or, once the time is over, with what `late` says of it; the work goes on. */
async function inTime<Result, Late>(ms: number, work: Promise<Result>, late: () => Late): Promise<Result | Late> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, ms));
  });
  try {
    return await Promise.race([work, over.then(late)]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for work a limited time. @returns its result; undefined if it failed or took longer, which does not stop it */
export async function within<Result>(ms: number, work: Promise<Result>): Promise<Result | undefined> {
  return await inTime(
    ms,
    work.catch(() => undefined),
    () => undefined,
  );
}

/** Tells if work ends in time. @throws what it throws in time */
export async function endsWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
  return await inTime(
    ms,
    work.then(() => true),
    () => false,
  );
}

/** Waits for an answer a limited time. @throws Error if there is none by then, or what the work throws */
export async function answerWithin<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  return await inTime(ms, work, () => {
    throw new Error(`no answer within ${ms / 1_000} s`);
  });
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

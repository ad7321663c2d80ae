/** The spans of time that an agent keeps, in milliseconds. */
export type AgentTimes = {
  /** From the start of one poll to the start of the next, at least. */
  readonly pollGapMs: number;
  /** Longest wait for the answer to a poll; after it the poll counts as one without news. */
  readonly pollPatienceMs: number;
  /** Waits after failed polls: the first, and the longest. */
  readonly pollRetry: { readonly firstMs: number; readonly capMs: number };
  /** Waits before a version is tried again, and before the current one is applied again: the first, and the longest. */
  readonly passAgain: { readonly firstMs: number; readonly capMs: number };
  /** From one look at whether the status has changed to the next. */
  readonly statusEveryMs: number;
  /** From the arrival of a spec until it is applied: fetching, mostly. */
  readonly applyMs: number;
  /** From one report over a WebSocket to the next where nothing changes. */
  readonly reportEveryMs: number;
  /** Wait of a device made for Muster after a spec that it would not apply: without it the same would come at once. */
  readonly afterRefusalMs: number;
  /** Wait of a device made for Muster that the service does not know: a person has to do something about it. */
  readonly afterUnknownMs: number;
};

/** Those of Flight Control's agent (flight-control.md, sections 1.2, 1.4 and 1.6), and those of devices made for Muster. */
export const agentTimes: AgentTimes = {
  pollGapMs: 5_000,
  pollPatienceMs: 4 * 60_000,
  pollRetry: { firstMs: 5_000, capMs: 5 * 60_000 },
  passAgain: { firstMs: 30_000, capMs: 5 * 60_000 },
  statusEveryMs: 60_000,
  applyMs: 0,
  reportEveryMs: 60_000,
  afterRefusalMs: 5_000,
  afterUnknownMs: 30_000,
};

/** Times of an agent that is faster or slower. @param factor below 1 for a faster one */
export function scaledTimes(times: AgentTimes, factor: number): AgentTimes {
  const scaled = ({ firstMs, capMs }: { firstMs: number; capMs: number }) => ({
    firstMs: firstMs * factor,
    capMs: capMs * factor,
  });
  return {
    pollGapMs: times.pollGapMs * factor,
    pollPatienceMs: times.pollPatienceMs * factor,
    pollRetry: scaled(times.pollRetry),
    passAgain: scaled(times.passAgain),
    statusEveryMs: times.statusEveryMs * factor,
    applyMs: times.applyMs * factor,
    reportEveryMs: times.reportEveryMs * factor,
    afterRefusalMs: times.afterRefusalMs * factor,
    afterUnknownMs: times.afterUnknownMs * factor,
  };
}

/** Source of the time, so that tests can set it. No decision about a device depends on it. */
export type Clock = { now(): Date };

export const systemClock: Clock = { now: () => new Date() };

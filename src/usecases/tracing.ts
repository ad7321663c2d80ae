import type { IncomingHttpHeaders } from 'node:http';

type SpanFacts = Readonly<Record<string, string | number | boolean>>;

/** The span of a request that is being answered. */
export type RequestSpan = {
  /** Runs what answers it: the spans of that work become this one's children. */
  run(work: () => void): void;
  /** @param route the route with its parameters unfilled, or undefined where none matched */
  end(answer: { readonly route: string | undefined; readonly status: number }): void;
};

/** Telling a trace collector how long each piece of work took, and what it was a part of. */
export type Tracing = {
  /** True where anything is traced at all. */
  readonly isOn: boolean;
  /** Runs work as a span: a part of the one around it, if there is one. A failure is noted on it and thrown on. */
  span<Result>(name: string, facts: SpanFacts, work: () => Promise<Result>): Promise<Result>;
  /** The same for work that is done for many callers at once, and so is a part of none of theirs. */
  ownSpan<Result>(name: string, facts: SpanFacts, work: () => Promise<Result>): Promise<Result>;
  /** Begins the span of a request: a part of the one that its `traceparent` header names, if it has one. */
  request(method: string, path: string, headers: IncomingHttpHeaders): RequestSpan;
  /** Sends what has not been sent yet. */
  close(): Promise<void>;
};

/** Tracing where none is configured: does the work, and nothing else. */
export const noTracing: Tracing = {
  isOn: false,
  span: (_name, _facts, work) => work(),
  ownSpan: (_name, _facts, work) => work(),
  request: () => ({ run: (work) => work(), end: () => undefined }),
  close: async () => undefined,
};

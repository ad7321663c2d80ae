import { AsyncLocalStorage } from 'node:async_hooks';

/** Where an action came from: whose request it was, from which address, and which one. */
type EventOrigin = {
  readonly actor: string;
  /** Address of the client. */
  readonly from: string;
  readonly requestId: string;
};

const origins = new AsyncLocalStorage<EventOrigin>();

/**
 * Does something on behalf of a request: the events that it writes say where it came from. Nothing is decided by that, so
 * it goes beside the arguments that use cases decide by, not among them.
 */
export function actFrom<Result>(origin: EventOrigin, work: () => Result): Result {
  return origins.run(origin, work);
}

/** Where an actor's action comes from. What the service does by itself on the way comes from nobody's request. */
export function originOf(actor: string): EventOrigin | undefined {
  const origin = origins.getStore();
  return origin?.actor === actor ? origin : undefined;
}

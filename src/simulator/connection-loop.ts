import type { ServiceAccess } from './device-credential.ts';
import type { FleetCounters } from './fleet-counters.ts';
import type { NetworkLine } from './network-line.ts';
import { around } from './waiting-times.ts';

/** The service refuses to talk now. It may have said when to come back. */
export class TurnedAway extends Error {
  override readonly name = 'TurnedAway';
  /** Kind of error that is counted; undefined if this is not an error, such as an answer to come back later. */
  readonly errorKind: string | undefined;
  readonly waitMs: number | undefined;

  constructor({ errorKind, waitMs }: { errorKind?: string; waitMs?: number | undefined }) {
    super(errorKind ?? 'come back later');
    this.errorKind = errorKind;
    this.waitMs = waitMs;
  }
}

/** The end of a connection in good order: to be made anew, or never again. */
export type SessionEnd = 'reconnect' | 'replaced' | 'decommissioned';

/** Everything that a device of a fleet needs to talk. */
export type Talking = {
  /** Base URL of the listener for devices. */
  readonly agentServer: string;
  readonly access: ServiceAccess;
  readonly line: NetworkLine;
  /** Waits after failures: longer and longer ones, until something succeeds. */
  readonly backoff: { next(): number; reset(): void };
  readonly counters: FleetCounters;
};

/** After a goodbye the service is likely to be away for a moment. */
const afterGoodbyeMs = 200;

/**
 * Keeps a device connected until its line is stopped: holds one session after another, and waits between them as the
 * service asks, or longer and longer if it does not answer.
 *
 * @param session one connection; ends when the service says goodbye, throws on any failure, stops when `signal` aborts
 */
export async function keepConnected(
  { line, backoff, counters }: Talking,
  session: (signal: AbortSignal) => Promise<SessionEnd>,
): Promise<void> {
  for (let signal = await line.whenUp(); signal !== undefined; signal = await line.whenUp()) {
    try {
      const end = await session(signal);
      if (end === 'decommissioned') return;
      if (end === 'replaced') {
        counters.error('replaced by a newer connection');
        return;
      }
      await line.pause(around(afterGoodbyeMs));
    } catch (error) {
      // Failures because of a cut line are not failures of the service.
      if (signal.aborted) continue;
      await line.pause(countFailure(error, counters) ?? backoff.next());
    }
  }
}

/** @returns how long to wait, if the service said so */
function countFailure(error: unknown, counters: FleetCounters): number | undefined {
  if (!(error instanceof TurnedAway)) {
    counters.error(networkErrorKind(error));
    return undefined;
  }
  if (error.errorKind === undefined) counters.turnedAway += 1;
  else counters.error(error.errorKind);
  return error.waitMs;
}

function networkErrorKind(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return code ?? (error.message || error.name);
}

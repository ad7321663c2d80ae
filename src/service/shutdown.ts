import type { Log } from '../logging/log.ts';
import { endsWithin } from '../time/time-limit.ts';

/** Something that a stopping process finishes. */
export type ShutdownStep = {
  /** Completes "… did not end in time". */
  readonly name: string;
  /** Time by which it must be over, as a share of the time for all steps. */
  readonly byShare: number;
  readonly run: () => Promise<void>;
  /** Ends by force what waits, where that helps. */
  readonly cut?: () => void;
};

/**
 * Runs the steps one after another. One that fails or is not over by its share of the time is left as it is: those after
 * it have the rest. Nothing left undone was promised to anybody: its clients ask again.
 *
 * @param timeoutMs the time for all steps
 */
export async function shutDown(steps: readonly ShutdownStep[], timeoutMs: number, log: Log): Promise<void> {
  const beganAtMs = performance.now();
  for (const { name, byShare, run, cut } of steps) {
    const leftMs = beganAtMs + byShare * timeoutMs - performance.now();
    try {
      if (await endsWithin(leftMs, run())) continue;
      log.warn({ step: name }, `stopping: ${name} did not end in time`);
      cut?.();
    } catch (error) {
      log.warn({ step: name, error: String(error) }, `stopping: ${name} failed`);
    }
  }
}

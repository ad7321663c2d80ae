import type { Progress } from '../terminal/progress.ts';

/** On what is no terminal a moving number is written no more often than this. */
const linesEveryMs = 2_000;

/** The same progress, which where it is written as lines is written less often: every few seconds, and when all is done. */
export function throttled(progress: Progress, stream: NodeJS.WriteStream): Progress {
  if (stream.isTTY) return progress;
  let nextAtMs = performance.now() + linesEveryMs;
  return {
    update(done, total, about) {
      if (done < total && performance.now() < nextAtMs) return;
      nextAtMs = performance.now() + linesEveryMs;
      progress.update(done, total, about);
    },
    stop: () => progress.stop(),
  };
}

import type { WriteStream } from 'node:tty';
import cliProgress from 'cli-progress';
import { printable } from './printable.ts';

export type Progress = {
  /** Says where it is. On a terminal the bar moves; elsewhere a line is written if anything changed. */
  update(done: number, total: number, about: string): void;
  /** Leaves the last state standing, and the cursor below it. */
  stop(): void;
};

const endings = ['SIGINT', 'SIGTERM'] as const;
/** Least time between two lines of progress where there is no terminal. */
const linesEveryMs = 2_000;

/** Shows how far something is: as a bar on a terminal, else as plain lines. */
export function showProgress(stream: NodeJS.WriteStream, label: string): Progress {
  return isTerminal(stream) ? barOn(stream, label) : linesOn(stream, label);
}

function isTerminal(stream: NodeJS.WriteStream): stream is WriteStream {
  return stream.isTTY;
}

function barOn(stream: WriteStream, label: string): Progress {
  const bar = new cliProgress.SingleBar({
    stream,
    format: `${label} [{bar}] {percentage} % {value}/{total} {about}`,
    barCompleteChar: '#',
    barIncompleteChar: '-',
    barsize: 30,
    linewrap: false,
    // It would take the signal for itself, and the command would go on without its bar.
    gracefulExit: false,
  });
  let begun = false;
  const stop = () => {
    if (begun) bar.stop();
    begun = false;
    for (const signal of endings) process.removeListener(signal, endBy);
  };
  const endBy = (signal: NodeJS.Signals) => {
    stop();
    process.kill(process.pid, signal);
  };
  return {
    update(done, total, about) {
      const payload = { about: printable(about) };
      if (begun) {
        bar.setTotal(total);
        bar.update(done, payload);
      } else {
        bar.start(total, done, payload);
        // A terminal that is left with a bar on it no longer wraps its lines.
        for (const signal of endings) process.once(signal, endBy);
      }
      begun = true;
    },
    stop,
  };
}

function linesOn(stream: NodeJS.WriteStream, label: string): Progress {
  let last = '';
  return {
    update(done, total, about) {
      const line = `${label}: ${done}/${total} ${printable(about)}`.trimEnd();
      if (line !== last) stream.write(`${line}\n`);
      last = line;
    },
    stop() {},
  };
}

/** The same progress with fewer lines where there is no terminal: one every few seconds, and one when all is done. */
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

import type { WriteStream } from 'node:tty';
import cliProgress from 'cli-progress';
import { printable } from './output/printable.ts';

export type Progress = {
  /** Says where it is. On a terminal the bar moves; elsewhere a line is written if anything changed. */
  update(done: number, total: number, about: string): void;
  /** Leaves the last state standing, and the cursor below it. */
  stop(): void;
};

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
  });
  let begun = false;
  return {
    update(done, total, about) {
      const payload = { about: printable(about) };
      if (begun) {
        bar.setTotal(total);
        bar.update(done, payload);
      } else {
        bar.start(total, done, payload);
      }
      begun = true;
    },
    stop() {
      if (begun) bar.stop();
    },
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

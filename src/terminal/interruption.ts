import { note } from './terminal.ts';

/** Exit code that a shell reports when an interrupt ended a program. */
export const interruptedExitCode = 130;

type Interruption = {
  /** Aborts at the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** Gives the signals back. */
  end(): void;
};

/**
 * Lets the first Ctrl-C (or SIGTERM) end a command in good order, and a second one at once. @param notice message at the
 * first one
 */
export function interruptible(notice: string): Interruption {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(interruptedExitCode);
    note(notice);
    controller.abort();
  };
  const names = ['SIGINT', 'SIGTERM'] as const;
  for (const name of names) process.on(name, onSignal);
  return {
    signal: controller.signal,
    end() {
      for (const name of names) process.off(name, onSignal);
    },
  };
}

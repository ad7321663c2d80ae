import { counted } from '../terminal/counted.ts';

export { rootCause } from '../logging/root-cause.ts';

/** Exit codes of `muster`. Other programs are written against them. */
export const exitCodes = {
  done: 0,
  error: 1,
  usage: 2,
  /** Some of several things failed, the others are done. */
  someFailed: 3,
  /** The server cannot be reached. */
  unreachable: 4,
  /** The server refuses the caller, or does not know it. */
  notAllowed: 5,
  /** A restore run stopped; running its plan again goes on with it. */
  canResume: 6,
} as const;

/** The same for people. */
export const exitCodeMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  done: 'Done.',
  error: 'An error; the message says which.',
  usage: 'The command line is wrong.',
  someFailed: 'Some of several things failed, the others are done.',
  unreachable: 'The server cannot be reached.',
  notAllowed: 'The server refuses, or does not know who asks.',
  canResume: 'A restore run stopped; running its plan again goes on with it.',
};

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** An expected failure: its message is all that a person needs, and no stack is shown. */
export class CliError extends Error {
  override readonly name: string = 'CliError';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = exitCodes.error, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** The command line itself is wrong. Shown with how to get help. */
export class UsageError extends CliError {
  override readonly name = 'UsageError';

  constructor(message: string) {
    super(message, exitCodes.usage);
  }
}

/** The server answered, and refused. */
export class ApiError extends CliError {
  override readonly name = 'ApiError';
  /** HTTP status. */
  readonly status: number;

  constructor(message: string, status: number) {
    super(message, status === 401 || status === 403 ? exitCodes.notAllowed : exitCodes.error);
    this.status = status;
  }
}

/** No answer came. */
export class UnreachableError extends CliError {
  override readonly name = 'UnreachableError';

  constructor(message: string, cause: unknown) {
    super(message, exitCodes.unreachable, { cause });
  }
}

/**
 * Ends a command that did several things: silent if none failed.
 *
 * @param name of one of them, in the singular
 * @param besides a note about the others
 * @throws CliError 3 if some failed, 1 if all did
 */
export function requireAllDone(what: string, { failed, total }: { failed: number; total: number }, besides = ''): void {
  if (failed === 0) return;
  throw new CliError(
    `${failed} of ${counted(total, what)} failed${besides === '' ? '' : `; ${besides}`}`,
    failed === total ? exitCodes.error : exitCodes.someFailed,
  );
}

/** Tells if a failure may pass by itself, so that the request is worth repeating: the server is away or busy. */
export function mayPass(failure: unknown): failure is CliError {
  if (failure instanceof ApiError) return failure.status === 429 || failure.status >= 500;
  return failure instanceof UnreachableError;
}

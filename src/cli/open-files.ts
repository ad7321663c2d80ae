import { openFileLimit } from '../doctor/open-file-limit.ts';
import { CliError } from '../client/failures.ts';

/**
 * Makes sure that this process may open as many files as it needs; every connection is one.
 *
 * @param what needs them, for the message
 * @throws CliError saying how to raise the limit
 */
export function requireOpenFiles(needed: number, what: string): void {
  const allowed = openFileLimit();
  if (allowed === undefined || allowed >= needed) return;
  throw new CliError(
    `${what} need about ${needed} open files, and this process may have ${allowed}: take fewer, or raise the limit with ulimit -n ${needed}`,
  );
}

import { MusterError } from '../errors.ts';
import { limits } from '../resources/limits.ts';

/** Checks that a status is no larger than any real one. @throws MusterError 413 if it is */
export function assertStatusSize(status: object): void {
  if (Buffer.byteLength(JSON.stringify(status)) <= limits.statusBytes) return;
  throw new MusterError('tooLarge', `the status is too large: expected at most ${limits.statusBytes} bytes`);
}

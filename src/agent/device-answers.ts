import type { FastifyReply } from 'fastify';
import { notFound, type MusterError } from '../domain/errors.ts';
import type { ReportOutcome } from '../usecases/accept-reports.ts';

/**
 * A device that is not in the database must not be told so in the words by which an unmodified agent erases itself and
 * enrolls anew (known bug 16): a person decides what becomes of it.
 */
export function unknownDevice(name: string): MusterError {
  return notFound(
    `device ${name} is not known here; it is listed for an administrator to decide about, and should keep what it runs`,
  );
}

/** Every answer to a device says how it stands. */
export function standingHeaders(reply: FastifyReply, outcome: ReportOutcome): void {
  void reply.header('Muster-Restore', outcome.restore);
  if (outcome.kind !== 'known') return;
  void reply.header('Muster-Verdict', outcome.verdict).header('Muster-Gate', outcome.gate);
}

import type { FastifyReply } from 'fastify';
import type { Context } from '../context.ts';
import { findDevice } from '../db/device-store.ts';
import { annotationKeys, deviceDocument } from '../domain/device-document.ts';
import { notFound, type MusterError } from '../domain/errors.ts';
import type { Device } from '../domain/resources/device.ts';
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

/** The device as it stands, read anew. @throws MusterError 404 if it is gone */
export async function currentDocument(
  { database, clock, config }: Context,
  name: string,
  restore: string,
): Promise<Device> {
  const device = await findDevice(database.pool, name);
  if (device === undefined) throw unknownDevice(name);
  return deviceDocument(device, { restore, now: clock.now(), disconnectedAfterMs: config.disconnectedAfterMs });
}

/**
 * What a device whose gate is not open is shown: itself and its status, no spec, and a rendered version that is never
 * above what it reported, so that an agent that compares numbers ignores it.
 */
export async function withheldDocument(
  context: Context,
  name: string,
  restore: string,
  reported: number,
): Promise<Device> {
  const device = await currentDocument(context, name, restore);
  const annotations = { ...device.metadata.annotations };
  const shown = Math.min(Number(annotations[annotationKeys.renderedVersion] ?? 0), reported);
  delete annotations[annotationKeys.renderedSpecHash];
  annotations[annotationKeys.renderedVersion] = String(shown);
  return { ...device, metadata: { ...device.metadata, annotations }, spec: {} };
}

import { X509Certificate } from 'node:crypto';
import { lockDevice, saveCertificateExpiry } from '../db/device-writes.ts';
import { lockEnrollmentRequest, replaceCertificate } from '../db/enrollment-request-store.ts';
import { appendEvents } from '../db/event-log.ts';
import { certificateIssuedEvent } from '../domain/certificates/certificate-events.ts';
import { certifyEnrollment, type DeviceCaDeps } from './certify-enrollment.ts';
import type { Origin } from '../domain/event.ts';
import { inRestore, type RestoreDeps } from './steps/in-restore.ts';

type Deps = DeviceCaDeps & RestoreDeps;

/** Less validity than this is as good as none: a device must have time to renew its certificate. */
const leastMs = 60 * 60_000;

/**
 * Issues an approved device its certificate anew when it asks to join again and there is none for it: it was approved while
 * there was no device CA, or what it got has expired. The certificate is for the key that was approved, no matter who asks. Does
 * nothing where a valid one is stored, the device is gone or decommissioned, or its request was not approved.
 */
export async function reissueCertificate(deps: Deps, { name, by }: { name: string; by: Origin }): Promise<void> {
  if (deps.deviceCa === undefined) return;
  await inRestore(deps, async (tx, at) => {
    const device = await lockDevice(tx, name);
    const request = await lockEnrollmentRequest(tx, name);
    if (device?.state.mustered !== true || request?.approval?.approved !== true) return;
    if (request.certificate !== null && remainingMs(request.certificate, at.now) >= leastMs) return;
    const certified = await certifyEnrollment(deps, request, at.now);
    if (certified === undefined) return;
    const { certificate, expiresAt } = certified.issued;
    await replaceCertificate(tx, name, certificate);
    await saveCertificateExpiry(tx, name, expiresAt);
    await appendEvents(tx, [certificateIssuedEvent(name, { expiresAt, by })], at);
  });
}

function remainingMs(certificate: string, now: Date): number {
  return Date.parse(new X509Certificate(certificate).validTo) - now.getTime();
}

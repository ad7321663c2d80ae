import type { Executor } from '../db/client.ts';
import { lockDevice, saveCertificateExpiry } from '../db/device-writes.ts';
import { appendEvents } from '../db/event-log.ts';
import { insertSigningRequest, newestRequestTimes, pruneSigningRequests } from '../db/signing-request-store.ts';
import { certificateIssuedEvent } from '../domain/certificates/certificate-events.ts';
import { issueForDevice } from '../domain/certificates/device-certificates.ts';
import { signers } from '../domain/certificates/signers.ts';
import {
  decisionCondition,
  newSigningRequest,
  noDeviceCa,
  pemOf,
  requestOwner,
  signingRequestDocument,
} from '../domain/certificates/signing-request.ts';
import { alreadyExists, forbidden, notFound, tooManyRequests } from '../domain/errors.ts';
import { createdEvent } from '../domain/resource-events.ts';
import type {
  CertificateSigningRequest,
  CertificateSigningRequestRequest,
} from '../domain/resources/certificate-signing-request.ts';
import type { DeviceCaDeps } from './certify-enrollment.ts';
import type { Origin } from '../domain/event.ts';
import { inRestore, type RestoreDeps } from './steps/in-restore.ts';

type Deps = DeviceCaDeps & RestoreDeps;

/** Requests of one device that are kept, and that it may make in an hour: an agent makes one in months. */
const maxRequests = 10;
const hourMs = 60 * 60_000;

/**
 * Gives a device that showed its certificate the next one, or one with which it talks to other services. Nobody is asked: the
 * device was let in once.
 *
 * @throws MusterError 400 for another signer, a wrong CSR, the name of another device or no device CA; 403 for a device that
 * is decommissioned; 404 for one that is not known here; 409 if there is a request of that name; 429 for more than ten in an
 * hour; 503 while the device CA is not valid
 */
export async function renewDeviceCertificate(
  deps: Deps,
  { device: name, request, by }: { device: string; request: CertificateSigningRequestRequest; by: Origin },
): Promise<CertificateSigningRequest> {
  const { deviceCa: issuer } = deps;
  const now = deps.clock.now();
  const owner = requestOwner(name);
  const wanted = newSigningRequest(request, { owner, by, now });
  if (issuer === undefined) throw noDeviceCa();
  const read = await issuer.read(pemOf(wanted.spec));
  return await inRestore(deps, async (tx, { restore }) => {
    await requireActive(tx, name);
    await requireRoom(tx, owner, now);
    const issuing = { issuer, now, days: deps.config.deviceCertificateDays };
    const { certificate, expiresAt } = await issueForDevice(name, read, wanted.spec, issuing);
    const message = `Approved by itself: device ${name} showed its certificate.`;
    const record = { ...wanted, conditions: [decisionCondition('Approved', message, now)], certificate };
    if (!(await insertSigningRequest(tx, record))) throw alreadyExists('certificate signing request', record.name);
    await pruneSigningRequests(tx, owner, maxRequests);
    const events = [createdEvent({ kind: 'CertificateSigningRequest', name: record.name }, by)];
    if (wanted.spec.signerName === signers.renewal) {
      await saveCertificateExpiry(tx, name, expiresAt);
      events.push(certificateIssuedEvent(name, { expiresAt, by }));
    }
    await appendEvents(tx, events, { restore, now });
    return signingRequestDocument(record);
  });
}

async function requireActive(tx: Executor, name: string): Promise<void> {
  const device = await lockDevice(tx, name);
  // Not in the words on which an agent erases its certificate: the restored database may not know it yet.
  if (device === undefined) throw notFound(`device ${name} is not known here: it keeps the certificate that it has`);
  if (!device.state.mustered) throw forbidden(`device ${name} is decommissioned: it gets no certificate any more`);
}

async function requireRoom(tx: Executor, owner: string, now: Date): Promise<void> {
  const oldest = (await newestRequestTimes(tx, owner, maxRequests))[maxRequests - 1];
  const leftMs = oldest === undefined ? 0 : oldest.getTime() + hourMs - now.getTime();
  if (leftMs <= 0) return;
  const message = `expected at most ${maxRequests} requests for certificates of a device in an hour`;
  throw tooManyRequests(message, Math.ceil(leftMs / 1_000));
}

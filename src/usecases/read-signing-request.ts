import type { Database } from '../db/client.ts';
import { findSigningRequest } from '../db/signing-request-store.ts';
import { requestOwner, signingRequestDocument } from '../domain/certificates/signing-request.ts';
import { notFound, type MusterError } from '../domain/errors.ts';
import type { CertificateSigningRequest } from '../domain/resources/certificate-signing-request.ts';

/**
 * A certificate signing request as it stands.
 *
 * @param device that asks: it sees its own requests only
 * @throws MusterError 404
 */
export async function readSigningRequest(
  { database }: { database: Database },
  name: string,
  { device }: { device?: string } = {},
): Promise<CertificateSigningRequest> {
  const request = await findSigningRequest(database.pool, name);
  if (request === undefined || (device !== undefined && request.owner !== requestOwner(device))) {
    throw noSuchSigningRequest(name);
  }
  return signingRequestDocument(request);
}

export function noSuchSigningRequest(name: string): MusterError {
  return notFound(`there is no certificate signing request ${name}`);
}

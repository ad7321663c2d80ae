import { findSigningRequest } from '../db/signing-request-store.ts';
import { signingRequestDocument } from '../domain/certificates/signing-request.ts';
import { conflict } from '../domain/errors.ts';
import type {
  CertificateSigningRequest,
  CertificateSigningRequestRequest,
} from '../domain/resources/certificate-signing-request.ts';
import { createSigningRequest, type SigningRequestDeps, type SigningWish } from './create-signing-request.ts';
import { assertNamedAsPath } from '../domain/resource-name.ts';

/**
 * Creates a certificate signing request, or finds that the same one is there. What somebody asked for is never changed.
 *
 * @returns the request, and whether it was created
 * @throws MusterError as createSigningRequest; 400 if the document names another request; 409 if that of the name asks for
 * something else
 */
export async function replaceSigningRequest(
  deps: SigningRequestDeps,
  { name, ...wish }: SigningWish & { readonly name: string },
): Promise<{ document: CertificateSigningRequest; created: boolean }> {
  assertNamedAsPath(wish.request, name, 'request');
  const known = await findSigningRequest(deps.database.pool, name);
  if (known !== undefined) {
    if (!asksForTheSame(known.spec, wish.request)) {
      throw conflict(`certificate signing request ${name} asks for something else: delete it, or take another name`);
    }
    return { document: signingRequestDocument(known), created: false };
  }
  const request = { ...wish.request, metadata: { ...wish.request.metadata, name } };
  return { document: await createSigningRequest(deps, { ...wish, request }), created: true };
}

function asksForTheSame(
  known: CertificateSigningRequestRequest['spec'],
  { spec }: CertificateSigningRequestRequest,
): boolean {
  return known.request === spec.request && known.expirationSeconds === spec.expirationSeconds;
}

import type { Database } from '../db/client.ts';
import { findSigningRequest } from '../db/signing-request-store.ts';
import { notFound } from '../domain/errors.ts';
import type { EnrollmentConfig } from '../domain/resources/enrollment-config.ts';
import { noSuchSigningRequest } from './read-signing-request.ts';

type Deps = {
  readonly database: Database;
  readonly config: { readonly agentUrl: string | undefined; readonly enrollmentUiUrl: string | undefined };
};

/**
 * Reads what an agent needs to enroll, in the shape of its own configuration.
 *
 * @param authorities of the listener for devices, in PEM form; empty if agents need not be told
 * @param csr request whose certificate is to be in it, if that was issued
 * @throws MusterError 404 if there is no such request, or no address to tell
 */
export async function readEnrollmentConfig(
  { database, config }: Deps,
  { authorities, csr }: { authorities: string; csr: string | undefined },
): Promise<EnrollmentConfig> {
  const { agentUrl, enrollmentUiUrl } = config;
  if (agentUrl === undefined) {
    throw notFound('it is not known at which address agents reach this service: set MUSTER_AGENT_URL');
  }
  const request = csr === undefined ? undefined : await findSigningRequest(database.pool, csr);
  if (csr !== undefined && request === undefined) throw noSuchSigningRequest(csr);
  return {
    'enrollment-service': {
      authentication: { 'client-certificate-data': base64(request?.certificate ?? ''), 'client-key-data': '' },
      service: { 'certificate-authority-data': base64(authorities), server: agentUrl },
      'enrollment-ui-endpoint': enrollmentUiUrl ?? agentUrl,
    },
  };
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

import type { CertificateSigningRequest } from '../../domain/resources/certificate-signing-request.ts';
import { answerOf } from '../../client/api-client.ts';
import { age } from '../../terminal/age.ts';
import { defineKind } from './resource-kind.ts';

const absent = '<none>';

function conditionOf({ status }: CertificateSigningRequest): string {
  const answer = status?.conditions.find((condition) => condition.status === 'True')?.type ?? 'Pending';
  return status?.certificate === undefined ? answer : `${answer},Issued`;
}

function durationOf({ spec }: CertificateSigningRequest): string {
  const seconds = spec.expirationSeconds;
  if (seconds === undefined) return absent;
  return seconds % 86_400 === 0 ? `${seconds / 86_400}d` : `${seconds}s`;
}

/** Wishes for certificates from the device CA. */
export const signingRequestKind = defineKind<CertificateSigningRequest>({
  singular: 'certificatesigningrequest',
  plural: 'certificatesigningrequests',
  aliases: ['csr'],
  selectors: { labels: true, fields: true },
  columns: [
    { title: 'NAME', cell: ({ metadata }) => metadata.name ?? absent },
    { title: 'AGE', passes: true, cell: ({ metadata }, now) => age(metadata.creationTimestamp, now) },
    { title: 'SIGNER', cell: ({ spec }) => spec.signerName },
    { title: 'REQUESTOR', cell: ({ spec }) => spec.username ?? absent },
    { title: 'DURATION', cell: durationOf },
    { title: 'CONDITION', cell: conditionOf },
    { title: 'OWNER', wide: true, cell: ({ metadata }) => metadata.owner ?? absent },
  ],
  name: ({ metadata }) => metadata.name ?? '',
  list: (api, query) => answerOf(api.GET('/api/v1/certificatesigningrequests', { params: { query } })),
  find: (api, name) => answerOf(api.GET('/api/v1/certificatesigningrequests/{name}', { params: { path: { name } } })),
});

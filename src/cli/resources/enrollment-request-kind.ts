import type { EnrollmentRequest } from '../../domain/resources/enrollment-request.ts';
import { answerOf } from '../../client/api-client.ts';
import { age } from '../../terminal/age.ts';
import { defineKind } from './resource-kind.ts';

const absent = '<none>';

function approvalOf({ status }: EnrollmentRequest): string {
  if (status?.approval === undefined) return 'Pending';
  return status.approval.approved ? 'Approved' : 'Denied';
}

function certificateOf({ status }: EnrollmentRequest): string {
  return status?.certificate === undefined ? absent : 'Issued';
}

function labelsOf(labels: Readonly<Record<string, string>> | null | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? absent : pairs.join(',');
}

/** Devices that want to join. */
export const enrollmentRequestKind = defineKind<EnrollmentRequest>({
  singular: 'enrollmentrequest',
  plural: 'enrollmentrequests',
  aliases: ['er'],
  selectors: { labels: true, fields: true },
  columns: [
    { title: 'NAME', cell: ({ metadata }) => metadata.name ?? absent },
    { title: 'APPROVAL', cell: approvalOf },
    { title: 'APPROVER', cell: ({ status }) => status?.approval?.approvedBy ?? absent },
    { title: 'CERTIFICATE', cell: certificateOf },
    { title: 'AGE', passes: true, cell: ({ metadata }, now) => age(metadata.creationTimestamp, now) },
    { title: 'RUNS', wide: true, cell: ({ spec }) => spec.knownRenderedVersion || '0' },
    { title: 'SUGGESTED LABELS', wide: true, cell: ({ spec }) => labelsOf(spec.labels) },
    { title: 'APPROVED LABELS', wide: true, cell: ({ status }) => labelsOf(status?.approval?.labels) },
  ],
  name: ({ metadata }) => metadata.name ?? '',
  list: (api, query) => answerOf(api.GET('/api/v1/enrollmentrequests', { params: { query } })),
  find: (api, name) => answerOf(api.GET('/api/v1/enrollmentrequests/{name}', { params: { path: { name } } })),
});

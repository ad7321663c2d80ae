import type { Restore } from '../../domain/resources/restore.ts';
import { answerOf } from '../../client/api-client.ts';
import { age } from '../../terminal/age.ts';
import { defineKind } from './resource-kind.ts';

const absent = '<none>';

export const restoreKind = defineKind<Restore>({
  singular: 'restore',
  plural: 'restores',
  selectors: { labels: false, fields: false },
  columns: [
    { title: 'NAME', cell: ({ metadata }) => metadata.name },
    { title: 'PHASE', cell: ({ status }) => status.phase },
    { title: 'DECLARED', passes: true, cell: ({ metadata }, now) => age(metadata.creationTimestamp, now) },
    { title: 'TOTAL', cell: ({ status }) => String(status.devices.total) },
    { title: 'AWAITING', cell: ({ status }) => String(status.devices.awaitingReconnect) },
    { title: 'PAUSED', cell: ({ status }) => String(status.devices.conflictPaused) },
    { title: 'REASON', cell: ({ spec }) => spec.reason ?? absent },
    { title: 'BY', wide: true, cell: ({ spec }) => spec.declaredBy },
    { title: 'BACKUP', wide: true, cell: ({ spec }) => spec.backup?.artifact ?? absent },
    { title: 'SETTLED', wide: true, passes: true, cell: ({ status }, now) => age(status.settledAt, now) },
  ],
  name: ({ metadata }) => metadata.name,
  list: (api, { limit, continue: token }) =>
    answerOf(
      api.GET('/api/v1/restores', {
        params: {
          query: { ...(limit === undefined ? {} : { limit }), ...(token === undefined ? {} : { continue: token }) },
        },
      }),
    ),
  find: (api, name) => answerOf(api.GET('/api/v1/restores/{name}', { params: { path: { name } } })),
});

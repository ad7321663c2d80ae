import { annotationKeys } from '../../domain/devices/device-document.ts';
import type { Device } from '../../domain/resources/device.ts';
import { answerOf } from '../../client/api-client.ts';
import { age, until } from '../../terminal/age.ts';
import { defineKind } from './resource-kind.ts';

const absent = '<none>';

function annotation({ metadata }: Device, key: string): string {
  return metadata.annotations?.[key] ?? absent;
}

function labelsOf({ metadata }: Device): string {
  const labels = Object.entries(metadata.labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return labels.length === 0 ? absent : labels.join(',');
}

export const deviceKind = defineKind<Device>({
  singular: 'device',
  plural: 'devices',
  aliases: ['dev'],
  selectors: { labels: true, fields: true },
  columns: [
    { title: 'NAME', cell: ({ metadata }) => metadata.name ?? absent },
    { title: 'ALIAS', cell: ({ metadata }) => metadata.labels?.['alias'] ?? absent },
    { title: 'OWNER', cell: ({ metadata }) => metadata.owner ?? absent },
    { title: 'STATUS', cell: ({ status }) => status?.summary.status ?? 'Unknown' },
    { title: 'UPDATED', cell: ({ status }) => status?.updated.status ?? 'Unknown' },
    { title: 'APPLICATIONS', cell: ({ status }) => status?.applicationsSummary.status ?? 'Unknown' },
    { title: 'LAST SEEN', passes: true, cell: ({ status }, now) => age(status?.lastSeen, now) },
    { title: 'LABELS', wide: true, cell: labelsOf },
    { title: 'RENDERED VERSION', wide: true, cell: (device) => annotation(device, annotationKeys.renderedVersion) },
    { title: 'APPLIED VERSION', wide: true, cell: ({ status }) => status?.config.renderedVersion || absent },
    {
      title: 'CERTIFICATE EXPIRES',
      wide: true,
      passes: true,
      cell: (device, now) => until(device.metadata.annotations?.[annotationKeys.certificateExpiresAt], now),
    },
    { title: 'TIMELINE', wide: true, cell: (device) => annotation(device, annotationKeys.timeline) },
  ],
  name: ({ metadata }) => metadata.name ?? '',
  list: (api, query) => answerOf(api.GET('/api/v1/devices', { params: { query } })),
  find: (api, name) => answerOf(api.GET('/api/v1/devices/{name}', { params: { path: { name } } })),
});

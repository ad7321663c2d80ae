import type { Fleet } from '../../domain/resources/fleet.ts';
import { answerOf } from '../../client/api-client.ts';
import { age } from '../../terminal/age.ts';
import { defineKind } from './resource-kind.ts';

const absent = '<none>';

function selectorOf({ spec }: Fleet): string {
  const labels = Object.entries(spec.selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const expressions = (spec.selector?.matchExpressions ?? []).map(({ key, operator, values }) =>
    values === undefined || values.length === 0 ? `${key} ${operator}` : `${key} ${operator} (${values.join(',')})`,
  );
  const requirements = [...labels, ...expressions];
  return requirements.length === 0 ? absent : requirements.join(',');
}

export const fleetKind = defineKind<Fleet>({
  singular: 'fleet',
  plural: 'fleets',
  selectors: { labels: true, fields: true },
  columns: [
    { title: 'NAME', cell: ({ metadata }) => metadata.name ?? absent },
    { title: 'OWNER', cell: ({ metadata }) => metadata.owner ?? absent },
    { title: 'SELECTOR', cell: selectorOf },
    {
      title: 'VALID',
      cell: ({ status }) => status?.conditions.find(({ type }) => type === 'Valid')?.status ?? 'Unknown',
    },
    { title: 'AGE', passes: true, cell: ({ metadata }, now) => age(metadata.creationTimestamp, now) },
    { title: 'GENERATION', wide: true, cell: ({ metadata }) => String(metadata.generation ?? absent) },
  ],
  name: ({ metadata }) => metadata.name ?? '',
  list: (api, query) => answerOf(api.GET('/api/v1/fleets', { params: { query } })),
  find: (api, name) => answerOf(api.GET('/api/v1/fleets/{name}', { params: { path: { name } } })),
});

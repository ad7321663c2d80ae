import type { UnknownDevice } from '../../domain/resources/unknown-device.ts';
import { answerOf } from '../../client/api-client.ts';
import { age } from '../../terminal/age.ts';
import { defineKind } from './resource-kind.ts';

/** Devices that reported although the database does not know them: enrolled, most likely, after the backup was taken. */
export const unknownDeviceKind = defineKind<UnknownDevice>({
  singular: 'unknown-device',
  plural: 'unknown-devices',
  selectors: { labels: false, fields: false },
  columns: [
    { title: 'NAME', cell: ({ name }) => name },
    { title: 'RENDERED VERSION', cell: ({ reported }) => reported.renderedVersion },
    { title: 'FIRST SEEN', passes: true, cell: ({ firstSeen }, now) => age(firstSeen, now) },
    { title: 'LAST SEEN', passes: true, cell: ({ lastSeen }, now) => age(lastSeen, now) },
    { title: 'TIMELINE', wide: true, cell: ({ reported }) => reported.timeline ?? '<none>' },
  ],
  name: ({ name }) => name,
  list: (api, { limit, continue: token }) =>
    answerOf(
      api.GET('/api/v1/restores/{name}/unknown-devices', {
        params: {
          path: { name: 'current' },
          query: { ...(limit === undefined ? {} : { limit }), ...(token === undefined ? {} : { continue: token }) },
        },
      }),
    ),
});

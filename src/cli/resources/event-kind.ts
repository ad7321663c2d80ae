import type { Event } from '../../domain/resources/event.ts';
import { answerOf } from '../api-client.ts';
import { age } from '../output/age.ts';
import { defineKind } from './resource-kind.ts';

export const eventKind = defineKind<Event>({
  singular: 'event',
  plural: 'events',
  aliases: ['ev'],
  selectors: { labels: false, fields: true },
  appendOnly: true,
  columns: [
    { title: 'LAST SEEN', passes: true, cell: ({ metadata }, now) => age(metadata.creationTimestamp, now) },
    { title: 'TYPE', cell: ({ type }) => type },
    { title: 'REASON', cell: ({ reason }) => reason },
    { title: 'OBJECT', cell: ({ involvedObject }) => `${involvedObject.kind.toLowerCase()}/${involvedObject.name}` },
    { title: 'BY', wide: true, cell: ({ actor }) => actor },
    { title: 'MESSAGE', cell: ({ message }) => message },
  ],
  name: ({ metadata }) => metadata.name ?? '',
  list: (api, { fieldSelector, limit, continue: token }) =>
    answerOf(
      api.GET('/api/v1/events', {
        params: {
          query: {
            ...(fieldSelector === undefined ? {} : { fieldSelector }),
            ...(limit === undefined ? {} : { limit }),
            ...(token === undefined ? {} : { continue: token }),
          },
        },
      }),
    ),
});

import type { Event, EventList } from '../../domain/resources/event.ts';
import { answerOf, type ApiClient } from '../../client/api-client.ts';
import { ApiError } from '../../client/failures.ts';
import { age } from '../../terminal/age.ts';
import type { ListQuery } from '../../client/pages.ts';
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
  list,
  async find(api, name) {
    const { items } = await list(api, { fieldSelector: `metadata.name=${name}` });
    if (items[0] === undefined) throw new ApiError(`there is no event ${name}`, 404);
    return items[0];
  },
});

function list(api: ApiClient, { fieldSelector, limit, continue: token }: ListQuery): Promise<EventList> {
  const query = {
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
    ...(limit === undefined ? {} : { limit }),
    ...(token === undefined ? {} : { continue: token }),
  };
  return answerOf(api.GET('/api/v1/events', { params: { query } }));
}

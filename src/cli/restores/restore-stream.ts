import { setTimeout as sleep } from 'node:timers/promises';
import { createParser } from 'eventsource-parser';
import { restoreSchema, type Restore } from '../../domain/resources/restore.ts';
import { answerOf, explained, type ApiClient } from '../../client/api-client.ts';
import { mayPass } from '../../client/failures.ts';
import { note } from '../../terminal/terminal.ts';

/** Longest absence of a server before a watch gives up. */
const awayLimitMs = 10 * 60_000;
const firstPauseMs = 500;
const maxPauseMs = 10_000;

/**
 * A restore as it is and at each change, until it is no longer mustering. A connection that drops is made anew.
 *
 * @param name of a restore, or `current`; which one that is stays as it was at the start
 * @throws CliError if the server cannot be reached at first, refuses, or stays away for longer than 10 minutes
 */
export async function* followRestore(api: ApiClient, name: string, signal: AbortSignal): AsyncGenerator<Restore> {
  let pinned: string | undefined;
  let awaySince: number | undefined;
  let pauseMs = firstPauseMs;
  for (;;) {
    try {
      for await (const restore of restoresOnce(api, pinned ?? name, signal)) {
        pinned = restore.metadata.name;
        awaySince = undefined;
        pauseMs = firstPauseMs;
        yield restore;
        if (restore.status.phase !== 'Mustering') return;
      }
      awaySince ??= Date.now();
    } catch (error) {
      const failure = explained(error);
      awaySince ??= Date.now();
      if (pinned === undefined || !mayPass(failure) || Date.now() - awaySince > awayLimitMs) throw failure;
      note(`connection lost (${failure.message}): trying again`);
    }
    await sleep(pauseMs, undefined, { signal });
    pauseMs = Math.min(pauseMs * 2, maxPauseMs);
  }
}

/** One connection, until either side ends it. */
async function* restoresOnce(api: ApiClient, name: string, signal: AbortSignal): AsyncGenerator<Restore> {
  const body = await answerOf(
    api.GET('/api/v1/restores/{name}/watch', {
      params: { path: { name } },
      headers: { accept: 'text/event-stream' },
      parseAs: 'stream',
      signal,
    }),
  );
  if (body === null) return;
  const received: Restore[] = [];
  const parser = createParser({ onEvent: ({ data }) => received.push(restoreSchema.parse(JSON.parse(data))) });
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    yield* received.splice(0);
  }
}

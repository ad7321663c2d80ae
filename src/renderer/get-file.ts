import { request, type Dispatcher } from 'undici';
import { rootCause } from '../logging/root-cause.ts';
import { ForbiddenAddress } from './network-guard.ts';
import type { HttpRepository } from './repositories.ts';
import type { RepositoryConnections } from './repository-connections.ts';
import { discard, readBounded } from '../read-bounded.ts';
import { shownUrl } from './shown-url.ts';
import { isBusy } from './status-codes.ts';

/** Time for one file, redirects included. */
const timeoutMs = 5_000;
const maxRedirects = 5;
const maxHeaderBytes = 16 * 1024;

/** The validators that a server gave with a file, for asking again. */
export type Validators = { readonly etag?: string | undefined; readonly lastModified?: string | undefined };

type FileAnswer =
  | { readonly kind: 'content'; readonly body: Buffer; readonly validators: Validators }
  | { readonly kind: 'unchanged' }
  /** The server, or a rule of ours, says no. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The server says not now. */
  | { readonly kind: 'busy'; readonly reason: string }
  /** No server answered in time. */
  | { readonly kind: 'unreachable'; readonly reason: string };

type Wanted = { readonly repository: HttpRepository; readonly url: URL; readonly maxBytes: number };

/**
 * Asks a repository's server for a file, and follows its redirects, each of which is judged like the first request.
 * Never throws.
 */
export async function getFile(
  wanted: Wanted,
  validators: Validators = {},
  connections: RepositoryConnections,
): Promise<FileAnswer> {
  const signal = AbortSignal.timeout(timeoutMs);
  let { url } = wanted;
  try {
    for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
      connections.guard.assertHost(url.hostname);
      const answer = await ask(wanted, url, validators, connections, signal);
      const target = redirectTarget(answer, url);
      if (target === undefined) return await readAnswer(answer, url, wanted.maxBytes);
      discard(answer.body);
      if (typeof target === 'string') return { kind: 'refused', reason: `${shownUrl(url)} ${target}` };
      url = target;
    }
    return { kind: 'refused', reason: `${shownUrl(wanted.url)} redirects more than ${maxRedirects} times` };
  } catch (error) {
    if (error instanceof ForbiddenAddress) return { kind: 'refused', reason: error.message };
    const why = signal.aborted ? `no answer within ${timeoutMs / 1_000} seconds` : rootCause(error);
    return { kind: 'unreachable', reason: `${shownUrl(wanted.url)} cannot be fetched: ${why}` };
  }
}

async function ask(
  { repository, url: first }: Wanted,
  url: URL,
  { etag, lastModified }: Validators,
  connections: RepositoryConnections,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  const isOwn = url.origin === first.origin;
  const headers = {
    accept: '*/*',
    'accept-encoding': 'identity',
    'user-agent': 'muster',
    ...(isOwn && repository.authorization !== undefined ? { authorization: repository.authorization } : {}),
    ...(etag === undefined ? {} : { 'if-none-match': etag }),
    ...(lastModified === undefined ? {} : { 'if-modified-since': lastModified }),
  };
  const dispatcher = isOwn ? connections.of(repository) : connections.ofOthers();
  return await request(url, { dispatcher, headers, signal });
}

/** The target of a redirect; a text that says why it is refused; undefined if the answer is no redirect. */
function redirectTarget({ statusCode, headers }: Dispatcher.ResponseData, from: URL): URL | string | undefined {
  if (![301, 302, 303, 307, 308].includes(statusCode)) return undefined;
  const { location } = headers;
  if (typeof location !== 'string' || !URL.canParse(location, from.href))
    return `answers ${statusCode} without a location`;
  const target = new URL(location, from);
  if (target.protocol !== 'https:' && target.protocol !== from.protocol) return 'redirects to what is no https:// URL';
  return target;
}

async function readAnswer(answer: Dispatcher.ResponseData, url: URL, maxBytes: number): Promise<FileAnswer> {
  const { statusCode, headers, body } = answer;
  if (statusCode !== 200) {
    discard(body);
    if (statusCode === 304) return { kind: 'unchanged' };
    return { kind: isBusy(statusCode) ? 'busy' : 'refused', reason: `${shownUrl(url)} answers ${statusCode}` };
  }
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    discard(body);
    return {
      kind: 'refused',
      reason: `${shownUrl(url)} answers in the encoding ${String(encoding).slice(0, 50)}, which was not asked for`,
    };
  }
  const content = await readBounded(body, maxBytes);
  if (content === undefined) return { kind: 'refused', reason: `${shownUrl(url)} holds more than ${maxBytes} bytes` };
  return {
    kind: 'content',
    body: content,
    validators: { etag: headerText(headers['etag']), lastModified: headerText(headers['last-modified']) },
  };
}

/** A header that is worth keeping: one value of bounded length. */
function headerText(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && header.length <= maxHeaderBytes ? header : undefined;
}

import { LRUCache } from 'lru-cache';
import type { Clock } from '../time/clock.ts';
import type { Log } from '../logging/log.ts';
import { maxFileBytes } from '../domain/resources/spec-rules.ts';
import { ConcurrencyLimit } from './concurrency-limit.ts';
import { getFile, type Validators } from './get-file.ts';
import { NetworkGuard } from './network-guard.ts';
import { Pauses } from './pauses.ts';
import type { HttpRepository } from './repositories.ts';
import { RepositoryConnections } from './repository-connections.ts';

/** Files kept in memory, in bytes of their base64. */
const maxCachedBytes = 64 * 1024 * 1024;
/** Cost of an entry beside its content, so that their number is bounded too. */
const entryBytes = 1_024;
/** Time for which a file is taken for unchanged: the devices of a fleet are rendered within it as a rule. */
const freshMs = 10_000;
/** Requests to one repository at the same time. */
const maxRequestsPerRepository = 8;

/** Content of a file over HTTP, or the reason why there is none. */
export type FetchedFile =
  | { readonly ok: true; readonly base64: string }
  | { readonly ok: false; readonly reason: string; readonly mayPass: boolean };

type Entry = { readonly file: FetchedFile; readonly validators: Validators; readonly at: number };

type Options = { readonly clock: Clock; readonly log: Log; readonly allowedNetworks: readonly string[] };

/**
 * Files of repositories, fetched over HTTP. A caller that asks for one that is being fetched gets that one; one that was fetched is
 * asked for again by its validator. A server that cannot be reached is left alone for a while.
 */
export class HttpFiles {
  private readonly clock: Clock;
  private readonly log: Log;
  private readonly guard: NetworkGuard;
  private readonly pauses: Pauses;
  private readonly connections: RepositoryConnections;
  private readonly limits = new Map<string, ConcurrencyLimit>();
  private readonly fetching = new Map<string, Promise<FetchedFile>>();
  private readonly cache = new LRUCache<string, Entry>({
    maxSize: maxCachedBytes,
    sizeCalculation: ({ file }, key) => entryBytes + key.length + (file.ok ? file.base64.length : file.reason.length),
  });

  constructor({ clock, log, allowedNetworks }: Options) {
    this.clock = clock;
    this.log = log;
    this.guard = new NetworkGuard(allowedNetworks);
    this.pauses = new Pauses(clock);
    this.connections = new RepositoryConnections(this.guard);
  }

  /** Fetches what stands at a repository's URL with a suffix. Never throws. */
  async fetch(repository: HttpRepository, suffix: string): Promise<FetchedFile> {
    const url = urlOf(repository, suffix);
    if (url === undefined) {
      return { ok: false, reason: 'the suffix leads away from the server of the repository', mayPass: false };
    }
    const key = `${repository.name} ${url.href}`;
    const entry = this.cache.get(key);
    if (entry !== undefined && this.clock.now().getTime() < entry.at + freshMs) return entry.file;
    const running = this.fetching.get(key);
    if (running !== undefined) return await running;
    const fetching = this.limitOf(repository)
      .run(() => this.fetchUnlessPaused(repository, url, key, entry))
      .finally(() => this.fetching.delete(key));
    this.fetching.set(key, fetching);
    return await fetching;
  }

  /** Forgets what was fetched: repositories have changed. */
  forget(): void {
    this.cache.clear();
    this.limits.clear();
    this.connections.forget();
  }

  async close(): Promise<void> {
    await this.connections.close();
  }

  private limitOf({ name }: HttpRepository): ConcurrencyLimit {
    const limit = this.limits.get(name) ?? new ConcurrencyLimit(maxRequestsPerRepository);
    this.limits.set(name, limit);
    return limit;
  }

  private async fetchUnlessPaused(
    repository: HttpRepository,
    url: URL,
    key: string,
    entry: Entry | undefined,
  ): Promise<FetchedFile> {
    const server = `${repository.name} ${url.origin}`;
    const paused = this.pauses.reason(server) ?? this.pauses.reason(key);
    if (paused !== undefined) return { ok: false, reason: paused, mayPass: true };
    const triedAt = this.clock.now().getTime();
    const answer = await getFile({ repository, url, maxBytes: maxFileBytes }, entry?.validators, this.connections);
    if (answer.kind !== 'unreachable') this.pauses.succeeded(server);
    switch (answer.kind) {
      case 'unchanged':
        return this.keep(key, entry?.file ?? unasked, entry?.validators);
      case 'content':
        this.pauses.succeeded(key);
        return this.keep(key, { ok: true, base64: answer.body.toString('base64') }, answer.validators);
      case 'refused':
        return this.keep(key, { ok: false, reason: answer.reason, mayPass: false });
      case 'busy':
        return this.leaveAlone(key, repository, answer.reason, triedAt);
      case 'unreachable':
        return this.leaveAlone(server, repository, answer.reason, triedAt);
      default:
        return answer satisfies never;
    }
  }

  private leaveAlone(what: string, { name }: HttpRepository, reason: string, triedAt: number): FetchedFile {
    this.pauses.failed(what, reason, triedAt);
    this.log.warn({ repository: name, reason }, 'a file of a repository cannot be fetched now');
    return { ok: false, reason, mayPass: true };
  }

  private keep(key: string, file: FetchedFile, validators: Validators = {}): FetchedFile {
    this.cache.set(key, { file, validators, at: this.clock.now().getTime() });
    return file;
  }
}

/** Said where a server answers 304 to a request that named no version. */
const unasked: FetchedFile = {
  ok: false,
  reason: 'the server says that nothing has changed since never',
  mayPass: false,
};

/** The URL of a file, unless its suffix would make it one of another server, which would be sent the credentials. */
function urlOf({ url }: HttpRepository, suffix: string): URL | undefined {
  if (!URL.canParse(url + suffix)) return undefined;
  const whole = new URL(url + suffix);
  const isSame = whole.origin === new URL(url).origin && whole.username === '' && whole.password === '';
  return isSame ? whole : undefined;
}

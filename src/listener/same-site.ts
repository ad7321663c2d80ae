import { isLoopback } from '../config/listen-rules.ts';
import { forbidden } from '../domain/errors.ts';
import type { Listener } from './listener.ts';

/** Headers by which a browser says whose page makes it ask, and under which name it found this service. */
type SiteHeaders = {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
  readonly 'sec-fetch-site'?: string | string[] | undefined;
};

/**
 * Refuses what pages of other sites make a browser ask. A listener without authentication trusts every caller that reaches it on
 * this machine, and a browser reaches it for any page that is open in it: by a form, an image, a WebSocket, or a name that an
 * attacker lets point here. So only names of this machine and the address that it listens on count as its own.
 *
 * @param listenHost the host that the listener is bound to
 */
export function refuseOtherSites(app: Listener, listenHost: string): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const problem = siteProblem(request.headers, listenHost);
    done(problem === undefined ? undefined : forbidden(problem));
  });
}

/** @returns why a request is refused as one of another site; undefined if it is none */
export function siteProblem(headers: SiteHeaders, listenHost: string): string | undefined {
  const { host, origin, 'sec-fetch-site': site } = headers;
  const name = hostnameOf(`http://${host ?? ''}`);
  if (name === undefined || !(isLoopback(name) || name === listenHost)) {
    return `expected a Host of this machine or ${listenHost}: without authentication no other name is answered`;
  }
  // A browser that sends neither is none that a page could use: not any of the last years.
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    return 'a page of another site may not ask this';
  }
  if (origin !== undefined && originHost(origin) !== host?.toLowerCase()) {
    return 'a page of another origin may not ask this';
  }
  return undefined;
}

function hostnameOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  // URL writes an IPv6 address in brackets.
  return new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');
}

function originHost(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

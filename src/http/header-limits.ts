import { MusterError } from '../domain/errors.ts';
import type { Listener } from './listener.ts';

/** All header lines of a request together, in bytes. The request line counts: a selector may be 64 KiB long, and more when escaped. */
export const maxHeaderBytes = 128 * 1024;
/** Header lines of a request; what agents, browsers and proxies send is far below. */
export const maxHeaderLines = 200;

/** Refuses requests with too many headers. Node would leave out those past its limit, and nobody would know. */
export function limitHeaderLines(app: Listener): void {
  app.server.maxHeadersCount = maxHeaderLines + 1;
  app.addHook('onRequest', (request, _reply, done) => {
    // Names and values stand in turn.
    if (request.raw.rawHeaders.length <= 2 * maxHeaderLines) done();
    else done(new MusterError('headersTooLarge', `expected at most ${maxHeaderLines} header lines`));
  });
}

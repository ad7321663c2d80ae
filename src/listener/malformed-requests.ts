import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { MusterError } from '../domain/errors.ts';
import type { FirstRequests } from './first-requests.ts';
import { problemOf } from './problems.ts';

/** All header lines of a request together, in bytes. The request line counts: a selector may be 64 KiB long, and more when escaped. */
export const maxHeaderBytes = 128 * 1024;

type Times = { readonly headersTimeoutMs: number; readonly requestTimeoutMs: number };

/**
 * Answers what was no HTTP request, or not in time: it never reaches a route, and gets a Status all the same. The
 * connection is of no use afterwards.
 */
export function refuseMalformedRequests({ headersTimeoutMs, requestTimeoutMs }: Times, firstRequests: FirstRequests) {
  return (error: Error & { code?: string }, socket: Socket): void => {
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && firstRequests.awaits(socket)) return;
    // Nobody is there to read an answer, or one to an earlier request is under way.
    if (error.code === 'ECONNRESET' || !socket.writable || socket.bytesWritten > 0) {
      socket.destroy();
      return;
    }
    const { body } = problemOf(refusal(error.code));
    const text = JSON.stringify(body);
    socket.end(
      [
        `HTTP/1.1 ${body.code} ${STATUS_CODES[body.code] ?? ''}`,
        'Content-Type: application/json; charset=utf-8',
        `Content-Length: ${Buffer.byteLength(text)}`,
        'Cache-Control: no-store',
        'Connection: close',
        '',
        text,
      ].join('\r\n'),
    );
    // Its other half may stay open as long as the client likes.
    socket.destroySoon();
  };

  function refusal(code: string | undefined): MusterError {
    switch (code) {
      case 'ERR_HTTP_REQUEST_TIMEOUT':
        return new MusterError(
          'requestTimeout',
          `expected all headers within ${headersTimeoutMs / 1_000} s and the whole request within ${requestTimeoutMs / 1_000} s`,
        );
      case 'HPE_HEADER_OVERFLOW':
        return new MusterError('headersTooLarge', `expected at most ${maxHeaderBytes} bytes of headers`);
      case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
        return new MusterError('tooLarge', 'expected chunks with shorter extensions');
      default:
        return new MusterError('badRequest', 'expected an HTTP/1.1 request');
    }
  }
}

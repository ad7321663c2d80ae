import type { Readable } from 'node:stream';

/** A statement COPY … TO STDOUT of the driver. */
type CopyStatement = { readable(): PromiseLike<Readable> };

/**
 * Reads what a COPY writes, as fast as it is asked for, and leaves the connection ready for the next statement. The driver pauses
 * its socket when too much waits to be read, and does not go on with it where that was the end of the COPY.
 */
export async function* copyOut(copy: CopyStatement): AsyncGenerator<Buffer> {
  const rows = await copy.readable();
  try {
    for await (const chunk of rows as AsyncIterable<Buffer>) yield chunk;
  } finally {
    // oxlint-disable-next-line no-underscore-dangle
    rows._read(0);
  }
}

import type { Readable } from 'node:stream';

/** Reads a body to its end. @returns undefined if it is longer than the bound; the rest is not read then */
export async function readBounded(body: Readable, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Leaving the loop destroys the stream.
    if (bytes > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Drops a body that is not needed, and its connection with it. */
export function discard(body: Readable): void {
  body.on('error', () => undefined);
  body.destroy();
}

/**
 * Splits a stream into lines, the last of which may lack its end.
 *
 * @returns the lines that each chunk completes; undefined for each line that is longer than the bound: it is passed over
 */
export async function* linesWithin(
  source: AsyncIterable<Buffer>,
  maxBytes: number,
): AsyncGenerator<Array<string | undefined>> {
  let begun: Buffer[] = [];
  let length = 0;
  const take = (): string | undefined => {
    const line = length > maxBytes ? undefined : Buffer.concat(begun).toString();
    begun = [];
    length = 0;
    return line;
  };
  const add = (part: Buffer): void => {
    length += part.length;
    if (length <= maxBytes) begun.push(part);
    else begun = [];
  };
  for await (const chunk of source) {
    const lines: Array<string | undefined> = [];
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      add(chunk.subarray(from, end));
      lines.push(take());
      from = end + 1;
    }
    if (from < chunk.length) add(chunk.subarray(from));
    if (lines.length > 0) yield lines;
  }
  if (length > 0) yield [take()];
}

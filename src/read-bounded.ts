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

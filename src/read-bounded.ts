import type { Readable } from 'node:stream';

/** Reads a body to its end. @returns undefined if it is longer than so many bytes; then it is not read on */
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

/** Gives up a body that nobody needs, and its connection with it. */
export function discard(body: Readable): void {
  body.on('error', () => undefined);
  body.destroy();
}

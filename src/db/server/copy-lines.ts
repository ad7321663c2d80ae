import { linesWithin } from '../../read-bounded.ts';

/** Longest line that is read: a row of COPY, or a statement. A string cannot be much longer. Bytes. */
const maxLineBytes = 256 * 1_024 * 1_024;

/**
 * Splits what COPY wrote into lines, a chunk at a time. A line is one row, whatever the row holds.
 *
 * @throws Error for a line that is too long to be read
 */
export async function* copyLines(source: AsyncIterable<Buffer>): AsyncGenerator<string[]> {
  for await (const lines of linesWithin(source, maxLineBytes)) yield lines.map(whole);
}

function whole(line: string | undefined): string {
  if (line === undefined) throw new Error(`expected lines of at most ${maxLineBytes} bytes, found a longer one`);
  return line;
}

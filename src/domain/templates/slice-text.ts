import type { Scope } from './scope.ts';

/**
 * Cuts a part out of a text, from one byte of its UTF-8 to another.
 *
 * @param bounds first byte of the part, and the byte after it; the beginning and the end of the text if not given
 */
export function sliceBytes(text: string, bounds: readonly bigint[], scope: Scope): string {
  const length = Buffer.byteLength(text);
  const [start = 0n, end = BigInt(length)] = bounds;
  const outside = bounds.find((bound) => bound < 0n || bound > length);
  if (outside !== undefined) {
    return scope.failForDevice(`slice: ${outside} is outside of a string of ${length} bytes`, '');
  }
  if (start > end) return scope.failForDevice(`slice: the part begins at ${start}, after its end ${end}`, '');
  if (length === text.length) return text.slice(Number(start), Number(end));
  const bytes = Buffer.from(text);
  for (const bound of [Number(start), Number(end)]) {
    if (isWithinCharacter(bytes, bound)) return scope.fail(`slice: byte ${bound} is in the middle of a character`);
  }
  return bytes.toString('utf8', Number(start), Number(end));
}

function isWithinCharacter(bytes: Buffer, position: number): boolean {
  const byte = bytes[position];
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

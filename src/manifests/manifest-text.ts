import { isUtf8 } from 'node:buffer';
import { CliError } from '../client/failures.ts';

/** Marks that a text in another encoding than UTF-8 begins with. UTF-32 goes first: its mark begins with that of UTF-16. */
const marks: ReadonlyArray<{ readonly bytes: readonly number[]; readonly encoding: string }> = [
  { bytes: [0xff, 0xfe, 0, 0], encoding: 'UTF-32' },
  { bytes: [0, 0, 0xfe, 0xff], encoding: 'UTF-32' },
  { bytes: [0xff, 0xfe], encoding: 'UTF-16' },
  { bytes: [0xfe, 0xff], encoding: 'UTF-16' },
];

/** Places of the zeros that ASCII characters have in such a text without a mark. */
const zeros: ReadonlyArray<{ readonly isZero: readonly boolean[]; readonly encoding: string }> = [
  { isZero: [false, true, true, true], encoding: 'UTF-32' },
  { isZero: [true, true, true, false], encoding: 'UTF-32' },
  { isZero: [false, true, false, true], encoding: 'UTF-16' },
  { isZero: [true, false, true, false], encoding: 'UTF-16' },
];

/**
 * Text of a manifest: UTF-8, with or without its mark.
 *
 * @throws CliError that names the encoding, or the line, of other text
 */
export function manifestText(bytes: Buffer): string {
  const encoding = otherEncoding(bytes);
  if (encoding !== undefined) {
    throw new CliError(
      `the text is ${encoding}, and UTF-8 is expected: save it as UTF-8 (in Windows PowerShell: Out-File -Encoding utf8 instead of >)`,
    );
  }
  if (!isUtf8(bytes)) {
    throw new CliError(
      `line ${firstBadLine(bytes)} is not UTF-8 (is it Latin-1 or Windows-1252?): save the text as UTF-8`,
    );
  }
  // Files that were put together have a mark at the start of each.
  return new TextDecoder().decode(bytes).replaceAll(/^\ufeff/gm, '');
}

function otherEncoding(bytes: Buffer): string | undefined {
  const marked = marks.find(({ bytes: mark }) => mark.every((byte, index) => bytes[index] === byte));
  if (marked !== undefined) return marked.encoding;
  if (bytes.length < 4) return undefined;
  return zeros.find(({ isZero }) => isZero.every((zero, index) => (bytes[index] === 0) === zero))?.encoding;
}

/** No character of several bytes has the byte of a line's end in it, so that each line stands for itself. */
function firstBadLine(bytes: Buffer): number {
  let line = 1;
  for (let from = 0; from < bytes.length; line += 1) {
    const end = bytes.indexOf(0x0a, from);
    const to = end === -1 ? bytes.length : end;
    if (!isUtf8(bytes.subarray(from, to))) break;
    from = to + 1;
  }
  return line;
}

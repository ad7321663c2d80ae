import { describe, expect, test } from 'vitest';
import { manifestText } from '../../src/manifests/manifest-text.ts';

const text = 'kind: Device\nmetadata: { name: café }\n';

function utf16(of: string, { bigEndian = false, mark = false } = {}): Buffer {
  const bytes = Buffer.from(`${mark ? '\ufeff' : ''}${of}`, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
}

function utf32(of: string, { bigEndian = false, mark = false } = {}): Buffer {
  const points = Array.from(`${mark ? '\ufeff' : ''}${of}`, (character) => character.codePointAt(0) ?? 0);
  const bytes = Buffer.alloc(points.length * 4);
  for (const [index, point] of points.entries()) {
    if (bigEndian) bytes.writeUInt32BE(point, index * 4);
    else bytes.writeUInt32LE(point, index * 4);
  }
  return bytes;
}

describe('the text of a manifest', () => {
  test('is UTF-8, with a mark or without, and marks of files that were put together do not count', () => {
    expect(manifestText(Buffer.from(text))).toBe(text);
    expect(manifestText(Buffer.from(`\ufeff${text}`))).toBe(text);
    expect(manifestText(Buffer.from(`\ufeff${text}---\n\ufeff${text}`))).toBe(`${text}---\n${text}`);
    expect(manifestText(Buffer.alloc(0))).toBe('');
    expect(manifestText(Buffer.from('a'))).toBe('a');
  });

  test.each([
    ['UTF-16', utf16(text)],
    ['UTF-16', utf16(text, { mark: true })],
    ['UTF-16', utf16(text, { bigEndian: true })],
    ['UTF-16', utf16(text, { bigEndian: true, mark: true })],
    ['UTF-32', utf32(text)],
    ['UTF-32', utf32(text, { mark: true })],
    ['UTF-32', utf32(text, { bigEndian: true })],
    ['UTF-32', utf32(text, { bigEndian: true, mark: true })],
  ])('that is %s is refused by that name', (encoding, bytes) => {
    expect(() => manifestText(bytes)).toThrow(`the text is ${encoding}, and UTF-8 is expected`);
  });

  test.each(['latin1', 'binary'] as const)('that is %s is refused, with the line', (encoding) => {
    expect(() => manifestText(Buffer.from(text, encoding))).toThrow('line 2 is not UTF-8');
  });

  test('that breaks off within a character is refused', () => {
    expect(() => manifestText(Buffer.from('a: é').subarray(0, 4))).toThrow('line 1 is not UTF-8');
  });
});

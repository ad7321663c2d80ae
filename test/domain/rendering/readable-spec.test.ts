import { expect, test } from 'vitest';
import { readableSpec } from '../../../src/domain/rendering/readable-spec.ts';

const file = (content: string | Buffer) => ({
  path: '/a',
  content: Buffer.from(content).toString('base64'),
  contentEncoding: 'base64',
  mode: 0o644,
});
const config = (...inline: object[]) => ({ config: [{ name: '', inline }] }) as never;

test('text in base64 is shown as text', () => {
  expect(readableSpec(config(file('ä\n\tb'), { path: '/b', content: 'YQ==' }))).toEqual(
    config({ path: '/a', content: 'ä\n\tb', mode: 0o644 }, { path: '/b', content: 'YQ==' }),
  );
});

test('what is no text stays in base64', () => {
  for (const content of [Buffer.from([0xff, 0xfe]), 'a\0b', '\u001b[2J']) {
    expect(readableSpec(config(file(content)))).toEqual(config(file(content)));
  }
});

test('empty lists of config and consoles are as if they were absent, and nothing else is', () => {
  expect(readableSpec({ config: [], consoles: [], applications: [], x: 1 })).toEqual({ applications: [], x: 1 });
  expect(readableSpec({ config: 'odd', consoles: [{}] })).toEqual({ config: 'odd', consoles: [{}] });
});

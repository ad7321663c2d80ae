import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { age } from '../../../src/terminal/age.ts';
import { DocumentList, formatDocument } from '../../../src/manifests/documents.ts';
import { Table } from '../../../src/terminal/table.ts';

test('columns are aligned, and stay so from page to page', () => {
  const table = new Table(['NAME', 'A']);
  expect(
    table.lines([
      ['a-long-name', 'x'],
      ['b', 'y'],
    ]),
  ).toBe('NAME          A\na-long-name   x\nb             y\n');
  expect(table.lines([['c', '']])).toBe('c\n');
});

test('characters that are two UTF-16 units, or several code points, count as one', () => {
  expect(
    new Table(['N', 'A']).lines([
      ['👩‍🚀', '1'],
      ['é', '2'],
    ]),
  ).toBe('N   A\n👩‍🚀   1\né   2\n');
});

test('nothing that a device says can move the cursor', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.string({ unit: 'binary' }), { minLength: 2, maxLength: 2 })), (rows) => {
      const text = new Table(['A', 'B']).lines(rows);
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
      expect(text.split('\n')).toHaveLength(rows.length + 2);
    }),
  );
});

test.each(['json', 'yaml'] as const)('a list that is printed page by page as %s is one document', (format) => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.jsonValue()), { maxLength: 3 }),
      fc.option(fc.base64String({ minLength: 1 }), { nil: undefined }),
      (pages, next) => {
        const list = new DocumentList(format);
        const text =
          list.begin({ apiVersion: 'v1', kind: 'XList' }) +
          pages.map((page) => list.items(page)).join('') +
          list.end(next);
        const read: unknown = format === 'json' ? JSON.parse(text) : parse(text);
        const metadata = next === undefined ? {} : { continue: next };
        // As JSON: YAML knows a zero below zero, and JSON writes it as any other.
        expect(JSON.stringify(read)).toBe(
          JSON.stringify({ apiVersion: 'v1', kind: 'XList', items: pages.flat(), metadata }),
        );
      },
    ),
  );
});

test('long strings stay on one line of YAML', () => {
  expect(formatDocument({ message: 'word '.repeat(100).trim() }, 'yaml').split('\n')).toHaveLength(2);
});

const now = new Date('2026-11-21T12:00:00Z');
const day = 86_400;

test.each([
  [0, '0s'],
  [119, '119s'],
  [120, '2m'],
  [312, '5m12s'],
  [5_760, '96m'],
  [18_600, '5h10m'],
  [31 * 3_600, '31h'],
  [3 * day + 4 * 3_600, '3d4h'],
  [120 * day, '120d'],
  [3 * 365 * day + 20 * day, '3y20d'],
  [-60, '0s'],
])('%d seconds ago is %s', (seconds, text) => {
  expect(age(new Date(now.getTime() - seconds * 1000).toISOString(), now)).toBe(text);
});

test('what was never is said to be absent', () => {
  expect([age(undefined, now), age(null, now, 'never'), age('soon', now)]).toEqual(['<none>', 'never', '<none>']);
});

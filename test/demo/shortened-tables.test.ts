import { expect, test } from 'vitest';
import { shortenedTables } from '../../src/demo/shortened-tables.ts';

const table = (rows: number) => ['| A |', '| --- |', ...Array.from({ length: rows }, (_empty, row) => `| ${row} |`)];

test('a table keeps its head and so many rows, and says how many are left out', () => {
  const text = ['# Title', '', ...table(4), '', 'after'].join('\n');
  expect(shortenedTables(text, 2)).toBe('# Title\n\n| A |\n| --- |\n| 0 |\n| 1 |\n… and 2 more\n\nafter');
});

test('a table that is short enough, or ends the text, is left in peace', () => {
  const text = ['before', ...table(2)].join('\n');
  expect(shortenedTables(text, 2)).toBe(text);
  expect(shortenedTables([...table(3)].join('\n'), 2)).toBe('| A |\n| --- |\n| 0 |\n| 1 |\n… and 1 more');
});

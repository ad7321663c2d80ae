import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { documentsOf } from '../../src/manifests/desired-documents.ts';
import { formatDocument } from '../../src/manifests/documents.ts';

test('documents are told apart, with the line on which each begins', () => {
  const text =
    '# head\nkind: A\n---\n\n# only a remark\n---\n{"kind":\t"B"}\n---\nkind: CList\nitems: [{ kind: C }, 3]\n';
  expect([...documentsOf('f', text)]).toEqual([
    { place: 'f, line 2', document: { kind: 'A' } },
    { place: 'f, line 7', document: { kind: 'B' } },
    { place: 'f, line 9, item 1', document: { kind: 'C' } },
    { place: 'f, line 9, item 2', document: 3 },
  ]);
});

test('a document that is no YAML is a problem, and those around it are read', () => {
  const [first, second, third] = documentsOf('f', 'a: 1\n---\nb: [\n---\nc: 2\n');
  expect([first, third]).toMatchObject([{ document: { a: 1 } }, { document: { c: 2 } }]);
  expect(second).toMatchObject({ place: 'f, line 3', problem: expect.stringContaining('Flow sequence') as string });
});

test('aliases that unfold without end are a problem, not an end of memory', () => {
  const layers = Array.from(
    { length: 12 },
    (_layer, index) => `l${index + 1}: &l${index + 1} [${`*l${index},`.repeat(9)}]`,
  );
  const [only] = documentsOf('f', ['l0: &l0 [x]', ...layers].join('\n'));
  expect(only).toMatchObject({ problem: expect.stringContaining('alias') as string });
});

test('a problem is told in brief, however long what the parser stumbled over', () => {
  for (const text of ['!'.repeat(5_000), `a: *${'b'.repeat(5_000)}`, `- ${'!x'.repeat(3_000)} y`]) {
    const [found] = documentsOf('input', text);
    expect(found).toHaveProperty('problem');
    expect(found && 'problem' in found ? found.problem.length : 0).toBeLessThan(400);
  }
});

test('what is written as JSON or YAML is read back as it was', () => {
  fc.assert(
    fc.property(
      fc.array(fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue()), { minLength: 1, maxLength: 4 }),
      (documents) => {
        const plain: unknown[] = JSON.parse(JSON.stringify(documents));
        for (const text of [plain.map((one) => formatDocument(one, 'yaml')), plain.map((one) => JSON.stringify(one))]) {
          const read = [...documentsOf('f', text.join('\n---\n'))];
          expect(read.map((one) => ('document' in one ? one.document : one.problem))).toEqual(plain);
        }
      },
    ),
  );
});

describe('documents that would end the process', () => {
  test.each([
    ['lists in lists', '- '.repeat(3_000)],
    ['brackets in brackets', '['.repeat(20_000)],
    ['braces in braces', '{a: '.repeat(5_000)],
    ['keys that are asked for', '? '.repeat(3_000)],
    ['indentation', Array.from({ length: 400 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join('')],
    [
      'indentation under ever shorter keys',
      Array.from({ length: 400 }, (_, depth) => `${' '.repeat(depth)}${'k'.repeat(800 - 2 * depth)}:\n`).join(''),
    ],
  ])('are a problem: %s', (_what, text) => {
    expect([...documentsOf('input', text)]).toEqual([
      { place: 'input, line 1', problem: 'expected at most 150 levels of nesting' },
    ]);
  });

  test('are a problem: an alias within what it stands for', () => {
    expect([...documentsOf('input', 'a: &a [*a]')]).toEqual([
      { place: 'input, line 1', problem: 'expected a document that does not hold itself by an alias' },
    ]);
  });

  test.each([
    'x: "'.concat('['.repeat(1_000), '"'),
    `x: |\n  ${'- '.repeat(1_000)}`,
    'a: 1\n'.repeat(1).concat('b:\n- 1\n- [2, {c: 3}]\n'),
  ])('are not those whose texts only look so', (text) => {
    expect([...documentsOf('input', text)][0]).toHaveProperty('document');
  });
});

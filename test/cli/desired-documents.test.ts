import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { documentsOf } from '../../src/cli/desired-documents.ts';

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

test('what is written as JSON or YAML is read back as it was', () => {
  fc.assert(
    fc.property(
      fc.array(fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue()), { minLength: 1, maxLength: 4 }),
      (documents) => {
        const plain: unknown[] = JSON.parse(JSON.stringify(documents));
        for (const text of [plain.map((one) => stringify(one)), plain.map((one) => JSON.stringify(one))]) {
          const read = [...documentsOf('f', text.join('\n---\n'))];
          expect(read.map((one) => ('document' in one ? one.document : one.problem))).toEqual(plain);
        }
      },
    ),
  );
});

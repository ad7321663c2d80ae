import { describe, expect, test } from 'vitest';
import { MusterError } from '../../src/domain/errors.ts';
import { applyJsonPatch } from '../../src/domain/json-patch.ts';

// Paths that the library answers with an error that is not its own, found by feeding it at random.

describe('a patch whose path leads through what has no members is refused with 400 and the operation', () => {
  test.each([
    ['null', { a: null }, [{ op: 'add', path: '/a/b', value: 1 }], 'patch operation 0 (add /a/b)'],
    ['a number', { a: 1 }, [{ op: 'add', path: '/a/b/c', value: 1 }], 'patch operation 0 (add /a/b/c)'],
    ['a text', { a: 'x' }, [{ op: 'replace', path: '/a/0', value: 'y' }], 'patch operation 0 (replace /a/0)'],
    [
      'nothing',
      {},
      [
        { op: 'remove', path: '' },
        { op: 'add', path: '/a/b', value: 1 },
      ],
      'patch operation 1 (add /a/b)',
    ],
    ['null, to be tested', { a: null }, [{ op: 'test', path: '/a/b', value: 1 }], 'patch operation 0 (test /a/b)'],
  ] as const)('%s', (_what, document, patch, where) => {
    const apply = () => applyJsonPatch(document, [...patch]);
    expect(apply).toThrow(MusterError);
    expect(apply).toThrow(where);
  });
});

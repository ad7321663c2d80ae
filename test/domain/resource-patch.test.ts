import { describe, expect, test } from 'vitest';
import { patchResource } from '../../src/domain/resource-patch.ts';

const shown = {
  kind: 'Thing',
  metadata: { name: 'x', labels: { a: '1' } },
  spec: { list: [1, 2] },
  status: { phase: 'Fine' },
};
const patchable = [['metadata', 'labels'], ['spec']];

describe('patching what is shown of a resource', () => {
  test('changes what may change, and leaves the original alone', () => {
    const before = structuredClone(shown);
    const patched = patchResource(
      shown,
      [
        { op: 'replace', path: '/spec', value: { other: true } },
        { op: 'add', path: '/metadata/labels/b', value: '2' },
      ],
      patchable,
    );
    expect(patched).toEqual({ ...shown, metadata: { name: 'x', labels: { a: '1', b: '2' } }, spec: { other: true } });
    expect(shown).toEqual(before);
  });

  test('may take away and put back, as only the result counts', () => {
    const patched = patchResource(
      shown,
      [
        { op: 'remove', path: '/status' },
        { op: 'add', path: '/status', value: { phase: 'Fine' } },
        { op: 'remove', path: '/metadata' },
        { op: 'add', path: '/metadata', value: { name: 'x', labels: {} } },
      ],
      patchable,
    );
    expect(patched['metadata']).toEqual({ name: 'x', labels: {} });
  });

  test.each([
    [{ op: 'replace' as const, path: '/kind', value: 'Other' }, 'kind'],
    [{ op: 'replace' as const, path: '/status/phase', value: 'Bad' }, 'status'],
    [{ op: 'remove' as const, path: '/metadata/name' }, 'metadata.name'],
    [{ op: 'add' as const, path: '/metadata/owner', value: 'me' }, 'metadata.owner'],
    [{ op: 'replace' as const, path: '/metadata', value: 'text' }, 'metadata'],
    [{ op: 'add' as const, path: '/extra', value: null }, 'extra'],
  ])('refuses %j, naming the place', (operation, place) => {
    expect(() => patchResource(shown, [operation], patchable)).toThrow(
      `the patch changes ${place}, which only the service does`,
    );
  });
});

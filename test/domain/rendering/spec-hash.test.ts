import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/domain/json.ts';
import { specHash } from '../../../src/domain/rendering/spec-hash.ts';

/** Computed by sha256sum over the canonical JSON in UTF-8. */
const vectors: readonly (readonly [spec: JsonObject, hash: string])[] = [
  [{}, '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a'],
  [
    { os: { image: 'quay.io/kiosk:1' }, config: [] },
    'e54505e38706590544767a15bb8918d7dba0d8278a108c41e9b47b0c5ed195c7',
  ],
  [{ name: 'é😀', n: 1 }, 'b717606339d9197775ed79f7864135a68011fe9cbc93530444f169ff7cfacb07'],
];

describe('the hash of a spec', () => {
  it.each(vectors)('of %j is %s', (spec, hash) => {
    expect(specHash(spec)).toBe(hash);
  });

  it('does not depend on the order of keys', () => {
    expect(specHash({ b: { y: 1, x: 2 }, a: 1 })).toBe(specHash({ a: 1, b: { x: 2, y: 1 } }));
  });

  it('depends on the order of items and on the kind of values', () => {
    const specs: JsonObject[] = [
      { a: [1, 2] },
      { a: [2, 1] },
      { a: ['1', '2'] },
      { a: { 0: 1, 1: 2 } },
      { a: null },
      {},
    ];
    expect(new Set(specs.map(specHash)).size).toBe(specs.length);
  });

  it('is refused for a spec nested too deep', () => {
    let deep: JsonObject = {};
    for (let level = 0; level < 100; level += 1) deep = { deep };
    expect(() => specHash(deep)).toThrow('JSON is nested more than 100 levels deep');
  });
});

import * as fc from 'fast-check';
import jsonPatch from 'fast-json-patch';
import type { Operation } from 'fast-json-patch';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/domain/json.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import { specDifference } from '../../../src/domain/rendering/spec-difference.ts';
import type { JsonPatchOperation } from '../../../src/domain/rendering/spec-difference.ts';

function applied(spec: JsonObject, patch: readonly JsonPatchOperation[]): unknown {
  const operations = structuredClone(patch) as unknown as Operation[];
  return jsonPatch.applyPatch(structuredClone(spec), operations, true).newDocument;
}

const keys = fc.oneof(fc.constantFrom('os', 'image', 'config', 'a/b', 'm~n', '', '0', 'length', 'toJSON'), fc.string());
const { spec: specs } = fc.letrec<{ value: unknown; spec: JsonObject }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string(),
    fc.integer({ min: 0, max: 3 }),
    fc.boolean(),
    fc.constant(null),
    tie('spec'),
    fc.array(tie('value'), { maxLength: 4 }),
  ),
  spec: fc.dictionary(
    keys.filter((key) => key !== '__proto__'),
    tie('value') as fc.Arbitrary<JsonObject>,
    { maxKeys: 5 },
  ),
}));

const lines = (word: string): JsonObject => ({
  list: Array.from({ length: 3000 }, (_, line) => `${word} ${line}`),
});

describe('the difference between two specs', () => {
  it('is a patch that names what changes and a text that shows it', () => {
    const runs = { os: { image: 'kiosk:3' }, config: [{ name: 'motd', content: 'one\ntwo\nthree\n' }], extra: true };
    const sent = { config: [{ content: 'one\n2\nthree\n', name: 'motd' }], os: { image: 'kiosk:2' }, added: [1] };
    const { patch, text } = specDifference(runs, sent);
    expect(patch).toEqual([
      { op: 'remove', path: '/extra' },
      { op: 'replace', path: '/config/0/content', value: 'one\n2\nthree\n' },
      { op: 'replace', path: '/os/image', value: 'kiosk:2' },
      { op: 'add', path: '/added', value: [1] },
    ]);
    expect(text).toBe(
      [
        '--- device runs',
        '+++ would be sent',
        '@@ -1,9 +1,10 @@',
        '+added:',
        '+  - 1',
        ' config:',
        '   - content: |',
        '       one',
        '-      two',
        '+      2',
        '       three',
        '     name: motd',
        '-extra: true',
        ' os:',
        '-  image: kiosk:3',
        '+  image: kiosk:2',
        '',
      ].join('\n'),
    );
  });

  it('is nothing for specs that differ only in the order of keys', () => {
    expect(specDifference({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 })).toEqual({ patch: [], text: '' });
  });

  it('shows a text that looks like a number apart from the number', () => {
    const { patch, text } = specDifference({ mode: '420' }, { mode: 420 });
    expect(patch).toEqual([{ op: 'replace', path: '/mode', value: 420 }]);
    expect(text).toContain('-mode: "420"\n+mode: 420\n');
  });

  it('shows a part that stands twice in full, twice', () => {
    const shared = { image: 'x' };
    expect(specDifference({}, { a: shared, b: shared }).text).toContain('+a:\n+  image: x\n+b:\n+  image: x\n');
  });

  it('has no text if the specs have hardly a line in common, but a patch', () => {
    const { patch, text } = specDifference(lines('old'), lines('new'));
    expect(patch).toHaveLength(3000);
    expect(text).toBe('--- device runs\n+++ would be sent\n(more than 1000 lines differ: see the patch)\n');
  });

  it('keeps a key named __proto__ in the patch', () => {
    const from = JSON.parse('{"a":{"__proto__":1}}') as JsonObject;
    const to = JSON.parse('{"a":{"__proto__":2}}') as JsonObject;
    expect(specDifference(from, to).patch).toEqual([{ op: 'replace', path: '/a/__proto__', value: 2 }]);
  });

  it('is refused for specs nested too deep', () => {
    let deep: JsonObject = {};
    for (let level = 0; level < 100; level += 1) deep = { deep };
    expect(() => specDifference({}, deep)).toThrow('JSON is nested more than 100 levels deep');
  });

  it('gives a patch that turns the one into the other, and changes neither', () => {
    fc.assert(
      fc.property(specs, specs, (from, to) => {
        const before = [structuredClone(from), structuredClone(to)];
        // A random key may be one of a secret.
        const { patch } = specDifference(from, to, () => false);
        expect(applied(from, patch)).toEqual(to);
        expect([from, to]).toEqual(before);
      }),
      { numRuns: 1000 },
    );
  });

  it('has a text exactly if it has a patch, and both exactly if the specs differ', () => {
    fc.assert(
      fc.property(specs, specs, (from, to) => {
        const { patch, text } = specDifference(from, to);
        const differ = canonicalJson(from) !== canonicalJson(to);
        expect([patch.length > 0, text !== '']).toEqual([differ, differ]);
      }),
      { numRuns: 500 },
    );
  });
});

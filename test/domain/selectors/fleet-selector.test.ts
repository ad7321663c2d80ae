import { describe, expect, test } from 'vitest';
import { fleetSelector } from '../../../src/domain/selectors/fleet-selector.ts';
import { matchesLabels } from '../../../src/domain/selectors/label-selector.ts';

function selects(spec: unknown, labels: Record<string, string>): boolean {
  const selector = fleetSelector(spec);
  return selector !== 'nothing' && matchesLabels(selector, labels);
}

describe('what a fleet selects', () => {
  test.each([
    undefined,
    null,
    {},
    { matchLabels: {} },
    { matchExpressions: [] },
    { matchLabels: null, matchExpressions: null },
  ])('an absent or empty selector selects nothing: %j', (spec) => {
    expect(fleetSelector(spec)).toBe('nothing');
  });

  test('every label and every expression must hold', () => {
    const spec = {
      matchLabels: { env: 'prod' },
      matchExpressions: [
        { key: 'tier', operator: 'In', values: ['a', 'b'] },
        { key: 'site', operator: 'NotIn', values: ['x'] },
        { key: 'app', operator: 'Exists' },
        { key: 'old', operator: 'DoesNotExist', values: [] },
      ],
    };
    const labels = { env: 'prod', tier: 'b', app: '' };
    expect(selects(spec, labels)).toBe(true);
    expect(selects(spec, { ...labels, env: 'test' })).toBe(false);
    expect(selects(spec, { ...labels, tier: 'c' })).toBe(false);
    expect(selects(spec, { ...labels, site: 'x' })).toBe(false);
    expect(selects(spec, { env: 'prod', tier: 'b' })).toBe(false);
    expect(selects(spec, { ...labels, old: '' })).toBe(false);
  });
});

describe('a fleet selector that is wrong is refused with the path of what is', () => {
  test.each<[unknown, string]>([
    ['env=prod', 'spec.selector: '],
    [{ matchLabels: ['a'] }, 'spec.selector.matchLabels: '],
    [{ matchLabels: { env: 1 } }, 'spec.selector.matchLabels[env]: '],
    [{ matchLabels: { 'a b': 'c' } }, 'spec.selector.matchLabels[a b]: '],
    [{ matchLabels: { 'x.io/a': 'b c' } }, 'spec.selector.matchLabels[x.io/a]: '],
    [JSON.parse('{"matchLabels":{"env":"prod","__proto__":"a"}}'), 'spec.selector.matchLabels[__proto__]: '],
    [{ matchExpressions: {} }, 'spec.selector.matchExpressions: '],
    [{ matchExpressions: [{ operator: 'Exists' }] }, 'spec.selector.matchExpressions[0].key: '],
    [{ matchExpressions: [{ key: '', operator: 'Exists' }] }, 'spec.selector.matchExpressions[0].key: '],
    [
      { matchExpressions: [{ key: 'a', operator: 'in', values: ['b'] }] },
      'spec.selector.matchExpressions[0].operator: ',
    ],
    [{ matchExpressions: [{ key: 'a', operator: 'In' }] }, 'spec.selector.matchExpressions[0].values: '],
    [{ matchExpressions: [{ key: 'a', operator: 'NotIn', values: [] }] }, 'spec.selector.matchExpressions[0].values: '],
    [
      {
        matchExpressions: [
          { key: 'a', operator: 'Exists' },
          { key: 'a', operator: 'DoesNotExist', values: ['b'] },
        ],
      },
      'spec.selector.matchExpressions[1].values: ',
    ],
    [
      { matchExpressions: [{ key: 'a', operator: 'In', values: ['b', 'c\0'] }] },
      'spec.selector.matchExpressions[0].values[1]: ',
    ],
  ])('%j', (spec, path) => {
    expect(() => fleetSelector(spec)).toThrow(
      expect.objectContaining({ name: 'MusterError', status: 400, message: expect.stringContaining(path) }),
    );
  });

  test('its size is bounded as that of a written selector', () => {
    const exists = { key: 'a', operator: 'Exists' };
    expect(fleetSelector({ matchExpressions: Array.from({ length: 1_000 }, () => exists) })).not.toBe('nothing');
    expect(() => fleetSelector({ matchExpressions: Array.from({ length: 1_001 }, () => exists) })).toThrow(
      /^spec.selector: .* 1000/,
    );
    const values = Array.from({ length: 10_001 }, () => 'b');
    expect(() => fleetSelector({ matchExpressions: [{ key: 'a', operator: 'In', values }] })).toThrow(
      /^spec.selector.matchExpressions: .* 10000/,
    );
  });
});

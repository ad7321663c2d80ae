import { expect, test } from 'vitest';
import { resourceKinds } from '../../src/cli/resources/catalogue.ts';
import { parseTarget } from '../../src/cli/targets.ts';

test.each([
  [['devices'], 'devices', []],
  [['Dev', 'a', 'b'], 'devices', ['a', 'b']],
  [['fleet/a', 'fleets/b'], 'fleets', ['a', 'b']],
  [['restore', 'current'], 'restores', ['current']],
] as const)('%j names %s %j', (words, kind, names) => {
  const target = parseTarget(words, resourceKinds);
  expect([target.kind.plural, target.names]).toEqual([kind, names]);
});

test.each([
  [['gadget'], 'unknown kind'],
  [[''], 'unknown kind'],
  [['device/a', 'fleet/b'], 'several kinds'],
  [['device/a', 'b'], 'expected KIND/NAME'],
  [['device', 'a/b'], 'cannot be a name'],
  [['device/..'], 'cannot be a name'],
] as const)('%j is refused: %s', (words, message) => {
  expect(() => parseTarget(words, resourceKinds)).toThrow(message);
});

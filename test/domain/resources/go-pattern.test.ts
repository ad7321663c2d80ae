import { describe, expect, test } from 'vitest';
import { goPatternProblem } from '../../../src/domain/resources/go-pattern.ts';

// What compiles and what does not was seen with Go's regexp.Compile.
describe('a systemd pattern', () => {
  test.each([
    'sshd.service',
    'getty@*.service',
    '[a-z]*',
    '[!a-z]?',
    '[]a]',
    '[a-]',
    '[-a]',
    '[[:alpha:]]',
    '[[:^digit:]]',
    '[[:alpha]',
    String.raw`dev-disk-by\x2duuid.mount`,
    String.raw`[\x2d-a]`,
    String.raw`[\d-z]`,
    String.raw`\*.service`,
    'a*?',
    'a??',
  ])('%s compiles in Go', (pattern) => {
    expect(goPatternProblem(pattern)).toBeUndefined();
  });

  test.each([
    ['*.service', '"*" at its beginning repeats nothing'],
    ['?a', '"?" at its beginning repeats nothing'],
    ['a**', '"*" at position 3 repeats nothing'],
    ['a?*', '"*" at position 3 repeats nothing'],
    ['a*??', '"?" at position 4 repeats nothing'],
    ['[a-z', '"[" at position 1 is not closed'],
    ['a[]', '"[" at position 2 is not closed'],
    ['[z-a]', '"z-a" at position 2 is no range'],
    [String.raw`[a-\d]`, String.raw`"a-\d" at position 2 is no range`],
    ['[[:nothing:]]', 'it has no class "[:nothing:]"'],
    [String.raw`a\y`, String.raw`the escape "\y" at position 2 is not known`],
    [String.raw`a\xg0`, 'is not followed by two hexadecimal digits'],
    ['a\\', 'escapes nothing'],
  ])('%s does not: %s', (pattern, words) => {
    expect(goPatternProblem(pattern)).toContain(words);
  });
});

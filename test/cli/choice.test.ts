import { expect, test } from 'vitest';
import { readChoice } from '../../src/cli/actions/choice.ts';
import { UsageError } from '../../src/client/failures.ts';

test.each([
  [['device', 'gw-1'], {}, { name: 'gw-1', selectors: { fieldSelector: 'metadata.name=gw-1' } }],
  [['device/gw-1'], {}, { name: 'gw-1', selectors: { fieldSelector: 'metadata.name=gw-1' } }],
  [['dev', 'gw-1'], {}, { name: 'gw-1', selectors: { fieldSelector: 'metadata.name=gw-1' } }],
  [['devices'], { all: true }, { name: undefined, selectors: { fieldSelector: "metadata.name!=''" } }],
  [['device'], { selector: 'a=b' }, { name: undefined, selectors: { labelSelector: 'a=b' } }],
  [['devices'], { fieldSelector: 'a=b' }, { name: undefined, selectors: { fieldSelector: 'a=b' } }],
  [
    ['devices'],
    { selector: 'a', fieldSelector: 'b=c' },
    { name: undefined, selectors: { labelSelector: 'a', fieldSelector: 'b=c' } },
  ],
] as const)('%j with %j chooses %j', (words, options, choice) => {
  expect(readChoice(words, options)).toEqual(choice);
});

test.each([
  [['devices'], {}, 'expected the name of a device, a selector, or --all'],
  [['devices'], { all: true, selector: 'a' }, '--all excludes'],
  [['devices'], { all: true, fieldSelector: 'a=b' }, '--all excludes'],
  [['device', 'x'], { all: true }, 'a name excludes'],
  [['device', 'x'], { selector: 'a' }, 'a name excludes'],
  [['device/x'], { fieldSelector: 'a=b' }, 'a name excludes'],
  [['devices'], { selector: '' }, '--selector is blank'],
  [['devices'], { selector: 'a', fieldSelector: ' ' }, '--field-selector is blank'],
  [['device', 'x', 'y'], {}, 'metadata.name in (x,y)'],
  [['fleet', 'x'], {}, 'unknown kind of resource "fleet"'],
  [['device', 'x,metadata.name!=y'], {}, 'cannot be a name'],
  [['device/'], {}, 'expected a name, found nothing'],
] as const)('%j with %j is refused: %s', (words, options, message) => {
  expect(() => readChoice(words, options)).toThrow(UsageError);
  expect(() => readChoice(words, options)).toThrow(message);
});

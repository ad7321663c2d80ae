import { expect, test } from 'vitest';
import { parseActionSelectors } from '../../../src/domain/selectors/action-selectors.ts';
import { deviceFields } from '../../../src/domain/selectors/resource-fields.ts';

const blanks = ['', ' ', '\t\r\n', '\u00a0', '\u3000', '\ufeff'];

test('either selector will do, and the other then asks nothing', () => {
  expect(parseActionSelectors({ labelSelector: 'x' }, deviceFields)).toEqual({
    labelSelector: { requirements: [{ operator: 'exists', keys: ['x'] }] },
    fieldSelector: { requirements: [] },
  });
  expect(parseActionSelectors({ labelSelector: null, fieldSelector: `metadata.name!=''` }, deviceFields)).toEqual({
    labelSelector: { requirements: [] },
    fieldSelector: { requirements: [{ operator: 'notIn', field: 'metadata.name', operands: [`''`] }] },
  });
});

test('neither is refused', () => {
  for (const given of [{}, { labelSelector: undefined }, { labelSelector: null, fieldSelector: null }]) {
    expect(() => parseActionSelectors(given, deviceFields)).toThrow(
      expect.objectContaining({ status: 400, message: expect.stringContaining('found neither') }),
    );
  }
});

test.each(blanks)('a blank one is refused, alone and beside a good one: %j', (blank) => {
  for (const given of [
    { labelSelector: blank },
    { fieldSelector: blank },
    { labelSelector: blank, fieldSelector: 'metadata.name=a' },
    { labelSelector: 'x', fieldSelector: blank },
    { labelSelector: blank, fieldSelector: blank },
  ]) {
    expect(() => parseActionSelectors(given, deviceFields)).toThrow(
      expect.objectContaining({
        status: 400,
        message: expect.stringMatching(/^(label|field)Selector: expected a selector, found none/),
      }),
    );
  }
});

test.each([...blanks, ',', ',,', '()', '!', '\u200b', '\0', '\v', '\f', '\u2060'])(
  'no text that is given selects everything by having no requirements: %j',
  (text) => {
    const refused = expect.objectContaining({ name: 'MusterError', status: 400 });
    expect(() => parseActionSelectors({ labelSelector: text }, deviceFields)).toThrow(refused);
    expect(() => parseActionSelectors({ fieldSelector: text }, deviceFields)).toThrow(refused);
  },
);

import * as fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { MusterError } from '../../../src/domain/errors.ts';
import { parseFieldSelector } from '../../../src/domain/selectors/field-selector.ts';
import { fleetSelector } from '../../../src/domain/selectors/fleet-selector.ts';
import {
  matchesLabels,
  parseLabelSelector,
  type LabelRequirement,
} from '../../../src/domain/selectors/label-selector.ts';
import { deviceFields, eventFields } from '../../../src/domain/selectors/resource-fields.ts';
import { fuzzTarget, parsedOrRefused, require } from '../fuzz-target.ts';
import { jsonText, mutated } from '../mutations.ts';

const labelKey = fc.constantFrom('site', 'a', 'in', 'notin', 'acme.com/tier', 'x-y_z.1', 'constructor');
const labelValue = fc.constantFrom('', 'berlin', 'in', 'a-b', '1', 'constructor');
const blank = fc.constantFrom('', ' ', '\t', '  ');

/** Those that a parser makes have a prototype as well. */
const plainObjects = { noNullPrototype: true };

const requirement: fc.Arbitrary<LabelRequirement> = fc.oneof(
  fc.record({ operator: fc.constantFrom('exists', 'notExists'), keys: fc.tuple(labelKey) }, plainObjects),
  fc.record(
    {
      operator: fc.constantFrom('in', 'notIn'),
      keys: fc.tuple(labelKey),
      tuples: fc.array(fc.tuple(labelValue), { minLength: 1, maxLength: 3 }),
    },
    plainObjects,
  ),
);

/** A requirement as a person may write it. */
function written(wanted: LabelRequirement, space: string): string {
  const key = wanted.keys.join(',');
  switch (wanted.operator) {
    case 'exists':
      return `${space}${key}${space}`;
    case 'notExists':
      return `!${space}${key}`;
    case 'in':
    case 'notIn':
      return `${key} ${wanted.operator.toLowerCase()}${space}(${wanted.tuples.map((tuple) => `${space}${tuple.join(',')}`).join(',')})`;
    default:
      return wanted satisfies never;
  }
}

const requirements = fc.array(requirement, { minLength: 1, maxLength: 5 });
const labelText = fc.tuple(requirements, blank).map(([all, space]) => all.map((one) => written(one, space)).join(','));
const moreLabels = fc.constantFrom(
  '(x,y) in ((a,b),(c,d))',
  '!(x,y)',
  'a=b',
  'a==b',
  'a!=b',
  'a=',
  'a contains b',
  'a>1',
);
const fieldText = fc.constantFrom(
  'metadata.name=a',
  "metadata.name!=''",
  'metadata.name in (a,b)',
  'metadata.creationTimestamp>2026-01-01T00:00:00Z',
  'status.summary.status notin (Unknown,Online)',
  String.raw`metadata.alias contains a\,b`,
  '!metadata.owner',
  'metadata.nameOrAlias=a||b=c',
  'lastSeen<=2026-02-30T00:00:00+01:00',
  'metadata.name>018c2f3e-0000-7000-8000-000000000000',
);

/** A selector that is refused says where, or that it is too long, or which fields there are. */
const refusedAsSelector = (error: unknown) =>
  error instanceof MusterError &&
  error.status === 400 &&
  /Selector: (?:at column \d+: expected |longer than \d+ bytes|expected )|^unknown or unsupported selector/.test(
    error.message,
  ) &&
  error.message.length < 3_000;

export const labelSelectors = fuzzTarget('label selectors', {
  input: mutated(
    fc.oneof(
      labelText,
      fc.array(moreLabels, { maxLength: 4 }).map((parts) => parts.join(',')),
    ),
  ),
  check(text) {
    const selector = parsedOrRefused(() => parseLabelSelector(text), refusedAsSelector);
    if (selector !== undefined) matchesLabels(selector, { site: 'berlin', a: '' });
  },
});

export const writtenSelectors = fuzzTarget('label selectors, written and read', {
  input: fc.tuple(requirements, blank),
  check([wanted, space]) {
    const read = parseLabelSelector(wanted.map((one) => written(one, space)).join(','));
    require(isDeepStrictEqual(read.requirements, wanted), 'what is written is what is read');
  },
});

export const fieldSelectors = fuzzTarget('field selectors', {
  input: fc.tuple(
    mutated(fc.array(fieldText, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(','))),
    fc.constantFrom(deviceFields, eventFields),
  ),
  check([text, fields]) {
    parsedOrRefused(() => parseFieldSelector(text, fields), refusedAsSelector);
  },
});

const fleetKeys = ['matchLabels', 'matchExpressions', 'key', 'operator', 'values', 'site'];

export const fleetSelectors = fuzzTarget('selectors of fleets', {
  input: jsonText(fleetKeys, fc.constantFrom('site', 'In', 'NotIn', 'Exists', 'DoesNotExist', 'berlin', 'a/b/c')),
  check(text) {
    parsedOrRefused(
      () => fleetSelector(JSON.parse(text)),
      (error) => error instanceof MusterError && error.status === 400 && error.message.includes('spec.selector'),
    );
  },
});

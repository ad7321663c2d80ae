import { describe, expect, test } from 'vitest';
import { documentsOf } from '../../src/manifests/desired-documents.ts';
import { formatDocument } from '../../src/manifests/documents.ts';

/** Value that a scalar is read as; the text of the problem if it cannot be read. */
function read(scalar: string): unknown {
  const [only] = documentsOf('f', `value: ${scalar}\n`);
  if (only === undefined) return undefined;
  return 'problem' in only ? only.problem : (only.document as { value: unknown }).value;
}

describe('a scalar without quotes is read as sigs.k8s.io/yaml reads it', () => {
  test.each([
    ['0644', 0o644],
    ['0600', 0o600],
    ['01775', 0o1775],
    ['0o644', 0o644],
    ['420', 420],
    ['-017', -15],
    ['0x1F', 31],
    ['0b11', 3],
    ['1_000', 1000],
    ['0', 0],
    ['9007199254740992', 2 ** 53],
    ['1.50', 1.5],
    ['1e3', 1000],
    ['.5', 0.5],
  ])('%s is the number %d', (scalar, number) => {
    expect(read(scalar)).toBe(number);
  });

  test.each(['yes', 'Yes', 'YES', 'on', 'On', 'y', 'Y', 'true', 'True'])('%s is true', (scalar) => {
    expect(read(scalar)).toBe(true);
  });

  test.each(['no', 'No', 'NO', 'off', 'Off', 'n', 'N', 'false', 'FALSE'])('%s is false', (scalar) => {
    expect(read(scalar)).toBe(false);
  });

  test.each([
    '8080:80',
    '1:30',
    '22:22:22',
    '2026-11-20',
    '2026-11-20T02:00:00Z',
    '.',
    '-.',
    'e5',
    '0x',
    '0o8',
    'yess',
    '=',
  ])('%s is text', (scalar) => {
    expect(read(scalar)).toBe(scalar);
  });

  test.each(['"0644"', "'yes'", '"1.10"', '!!str 0644'])('%s is text, for it is said to be', (scalar) => {
    expect(typeof read(scalar)).toBe('string');
  });

  test.each([
    ['0899', 'begins with 0 but is not octal'],
    ['12345678901234567890', 'more digits than a number can keep'],
    ['9'.repeat(500), 'more digits than a number can keep'],
    ['.inf', 'no number that JSON has'],
    ['.NaN', 'no number that JSON has'],
    ['1e999', 'too large'],
    ['!!binary aGk=', 'Unresolved tag'],
    ['!vault x', 'Unresolved tag'],
  ])('%s is a problem', (scalar, named) => {
    expect(read(scalar)).toContain(named);
  });
});

describe('anchors and merge keys', () => {
  test('are resolved; what stands beside a merge key wins, and of several the first', () => {
    const text = 'a: &a { x: 1, z: 1 }\nb: { <<: *a, x: 2 }\nc: { x: 3, <<: *a }\nd: { <<: [{ z: 4 }, *a] }\ne: *a\n';
    expect([...documentsOf('f', text)]).toMatchObject([
      {
        document: {
          b: { x: 2, z: 1 },
          c: { x: 3, z: 1 },
          d: { x: 1, z: 4 },
          e: { x: 1, z: 1 },
        },
      },
    ]);
  });

  test.each([
    ['a merge of what is no map', '{ <<: 3 }', 'Merge sources must be maps'],
    ['an alias of nothing', '*nobody', 'nobody'],
  ])('that make no sense are a problem: %s', (_what, value, named) => {
    expect(read(value)).toContain(named);
  });

  const layers = (open: string, close: string) =>
    Array.from({ length: 12 }, (_, index) => `l${index + 1}: &l${index + 1} ${open}${`*l${index},`.repeat(9)}${close}`);

  test.each([
    ['lists', ['l0: &l0 [x]', ...layers('[', ']')], 'characters'],
    ['merges', ['l0: &l0 { x: 1 }', ...layers('{ <<: [', '] }')], 'characters'],
    ['one long text', [`t: &t ${'x'.repeat(1_000_000)}`, `l: [${'*t,'.repeat(40)}]`], 'characters'],
    ['levels', Array.from({ length: 400 }, (_, n) => `l${n}: &l${n} [${n === 0 ? '' : `*l${n - 1}`}]`), 'levels'],
    ['many aliases', ['t: &t x', `l: [${'*t,'.repeat(3_000)}]`], 'aliases'],
  ])('cost no more than a bound, whatever unfolds: %s', (_what, lines, named) => {
    const [only] = documentsOf('f', lines.join('\n'));
    expect(only).toMatchObject({ problem: expect.stringContaining(named) as string });
  });
});

describe('where only text makes sense', () => {
  const problemOf = (text: string): unknown => {
    const [only] = documentsOf('f', text);
    return only && 'problem' in only ? only.problem : undefined;
  };

  test.each([
    [
      'metadata: { labels: { site: on } }',
      'metadata.labels.site: expected text, found on, which YAML reads as the boolean true: put it in quotes ("on")',
    ],
    [
      'metadata: { labels: { version: 1.10 } }',
      'metadata.labels.version: expected text, found 1.10, which YAML reads as the number 1.1: put it in quotes ("1.10")',
    ],
    [
      'metadata: { labels: { site: 007 } }',
      'metadata.labels.site: expected text, found 007, which YAML reads as the number 7: put it in quotes ("007")',
    ],
    ['metadata: { name: 17 }', 'metadata.name: expected text, found the number 17: put it in quotes ("17")'],
    [
      'metadata: { annotations: { a: }}',
      'metadata.annotations.a: expected text, found nothing: write "" for an empty one',
    ],
    [
      'spec: { selector: { matchLabels: { canary: yes } } }',
      'spec.selector.matchLabels.canary: expected text, found yes, which YAML reads as the boolean true: put it in quotes ("yes")',
    ],
    [
      'spec: { selector: { matchExpressions: [{ key: a, operator: In, values: [x, no] }] } }',
      'spec.selector.matchExpressions[0].values[1]: expected text, found no, which YAML reads as the boolean false: put it in quotes ("no")',
    ],
    [
      'spec: { template: { spec: { applications: [{ envVars: { DEBUG: y } }] } } }',
      'spec.template.spec.applications[0].envVars.DEBUG: expected text, found y, which YAML reads as the boolean true: put it in quotes ("y")',
    ],
    [
      'x: &on yes\nmetadata: { labels: { a: *on } }',
      'metadata.labels.a: expected text, found the boolean true: put it in quotes ("true")',
    ],
    ['kind: DeviceList\nitems: [{ metadata: { labels: { a: b } } }, { metadata: { labels: { a: off } } }]', undefined],
  ])('a value of another type is named by its key: %s', (text, problem) => {
    expect(problemOf(text)).toBe(problem);
  });

  test('an item of a list is looked at as a document', () => {
    const text = 'kind: DeviceList\nitems: [{ metadata: { labels: { a: b } } }, { metadata: { labels: { a: off } } }]';
    expect([...documentsOf('f', text)]).toMatchObject([
      { document: {} },
      { place: 'f, line 1, item 2', problem: expect.stringContaining('metadata.labels.a: expected text, found off') },
    ]);
  });

  test('the values of a chart are free', () => {
    expect(problemOf('spec: { applications: [{ values: { labels: { a: yes }, replicas: 2 } }] }')).toBeUndefined();
  });
});

test('what is printed is in quotes where another reader of YAML would take it for something else', () => {
  const document = Object.fromEntries(
    ['yes', 'y', '0644', '0o644', '0X1F', '1:30', '1e3', '.', '2026-11-20T02:00:00Z', '<<', 'plain', '8080:80'].map(
      (text, index) => [`k${index}`, text],
    ),
  );
  const printed = formatDocument({ ...document, mode: 420 }, 'yaml');
  expect(printed).toContain('mode: 420\n');
  expect(printed).toContain(': plain\n');
  for (const text of ['yes', 'y', '0644', '0o644', '0X1F', '1:30', '1e3', '2026-11-20T02:00:00Z'])
    expect(printed).toContain(`: "${text}"\n`);
  expect([...documentsOf('f', printed)]).toMatchObject([{ document: { ...document, mode: 420 } }]);
});

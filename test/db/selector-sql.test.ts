import { sql, type SQL } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectDatabase, type Database } from '../../src/db/client.ts';
import { fieldSelectorToSql, labelSelectorToSql, type FieldColumns } from '../../src/db/selector-sql.ts';
import { fieldsBehind, type FieldCatalogue, type FieldType } from '../../src/domain/selectors/field-catalogue.ts';
import { parseFieldSelector, type FieldRequirement } from '../../src/domain/selectors/field-selector.ts';
import { matchesLabels, parseLabelSelector, type LabelRequirement } from '../../src/domain/selectors/label-selector.ts';
import { matchesFields, type FieldValues } from '../../src/domain/selectors/matches-fields.ts';
import { deviceFields, enrollmentRequestFields } from '../../src/domain/selectors/resource-fields.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

/** Every field of a device, and with them every type of field that there is. */
const fields = {
  ...deviceFields,
  ...enrollmentRequestFields,
  id: { type: 'text' },
  count: { type: 'integer' },
  tags: { type: 'textArray' },
} as const satisfies FieldCatalogue;

const columns: FieldColumns<typeof fields> = {
  'metadata.name': sql`name`,
  'metadata.alias': sql`labels ->> 'alias'`,
  'metadata.owner': sql`owner`,
  'metadata.creationTimestamp': sql`created_at`,
  lastSeen: sql`last_seen`,
  'status.summary.status': sql`status -> 'summary' ->> 'status'`,
  'status.updated.status': sql`status -> 'updated' ->> 'status'`,
  'status.applicationsSummary.status': sql`case when status is null then null else status -> 'applicationsSummary' ->> 'status' end`,
  'status.lifecycle.status': sql`lifecycle`,
  'status.capabilities.osMode': sql`status -> 'capabilities' ->> 'osMode'`,
  'status.approval.approved': sql`approved`,
  'status.certificate': sql`certificate`,
  id: sql`id`,
  count: sql`count`,
  tags: sql`tags`,
};

type Row = {
  readonly number: number;
  readonly labels: Readonly<Record<string, string>> | null;
  readonly name: string;
  readonly owner: string | null;
  readonly created_at: string;
  readonly last_seen: string | null;
  readonly status: { readonly [part: string]: { readonly status?: string; readonly osMode?: string } } | null;
  readonly lifecycle: string | null;
  readonly approved: boolean | null;
  readonly certificate: string | null;
  readonly id: string | null;
  readonly count: number | null;
  readonly tags: readonly string[] | null;
};

const valuesOf = (row: Row): FieldValues => ({
  'metadata.name': row.name,
  'metadata.alias': row.labels?.['alias'],
  'metadata.owner': row.owner,
  'metadata.creationTimestamp': row.created_at,
  lastSeen: row.last_seen,
  'status.summary.status': row.status?.['summary']?.status,
  'status.updated.status': row.status?.['updated']?.status,
  'status.applicationsSummary.status': row.status?.['applicationsSummary']?.status,
  'status.lifecycle.status': row.lifecycle,
  'status.capabilities.osMode': row.status?.['capabilities']?.osMode,
  'status.approval.approved': row.approved,
  'status.certificate': row.certificate,
  id: row.id,
  count: row.count,
  tags: row.tags,
});

// Drawn from few, so that selectors and rows meet. The first are fit to be written in a selector.
const writable = [
  '',
  'a',
  'A',
  'ab',
  'b',
  'a,b',
  'a=b',
  'a!b>c',
  `''`,
  `'`,
  '"',
  '%',
  '_',
  'a_b',
  'axb',
  '\\',
  '\\\\',
  'a\\,b',
  '{}',
  '[]',
  'null',
  '$1',
  '?',
  'é',
  'e\u0301',
  '日本',
  '😀',
  '\u{10ffff}',
  'Fleet/a',
];
const unwritable = [' ', 'a b', '\n', '\u0001', '(a)', 'contains', '=', '>', '\uffff'];
const uuids = [
  '019301a0-0000-7000-8000-000000000000',
  '019301a0-0000-7000-8000-0000000000ff',
  'f19301a0-0000-4000-8000-000000000000',
];
const instants = [
  '0001-01-01T00:00:00.000000Z',
  '1969-12-31T23:59:59.999999Z',
  '2024-02-29T12:00:00.000000Z',
  '2024-02-29T12:00:00.000001Z',
  '9999-12-31T23:59:59.999999Z',
];
const integers = ['-9223372036854775808', '-1', '0', '9', '10', '9223372036854775807'];
const keys = ['x', 'y', 'alias', 'in', 'app.example.com/tier', 'constructor'];
const strangeKeys = ['', ' ', '"', '\\', `'`, 'a,b', 'ключ', '$.x', '__proto'];

const wellFormed = fc.string({ unit: 'binary', maxLength: 5 }).filter((text) => !text.includes('\0'));
const text = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('', 'a', 'b') },
  { weight: 8, arbitrary: fc.constantFrom(...writable, ...unwritable, ...uuids) },
  wellFormed,
);
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 4 });
const labelKey = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom('x', 'y', 'alias') },
  fc.constantFrom(...keys, ...strangeKeys),
);
const labels = fc
  .uniqueArray(fc.tuple(labelKey, text), { selector: ([key]) => key, maxLength: 8 })
  .map((list) => Object.fromEntries(list));
const partStatus = fc.record({ status: text, osMode: text }, { requiredKeys: [] });
const statusParts = fc.record(
  { summary: partStatus, updated: partStatus, applicationsSummary: partStatus, capabilities: partStatus },
  { requiredKeys: [] },
);

const row: fc.Arbitrary<Omit<Row, 'number'>> = fc.record({
  labels: orNull(labels),
  name: text,
  owner: orNull(text),
  created_at: fc.constantFrom(...instants),
  last_seen: orNull(fc.constantFrom(...instants)),
  status: orNull(statusParts),
  lifecycle: orNull(text),
  approved: orNull(fc.boolean()),
  certificate: orNull(text),
  id: orNull(fc.constantFrom(...uuids)),
  count: orNull(fc.constantFrom(-1, 0, 9, 10)),
  tags: orNull(fc.array(text, { maxLength: 3 })),
});
const rows = fc
  .array(row, { minLength: 1, maxLength: 12 })
  .map((list) => list.map((one, number) => ({ ...one, number })));

const labelRequirement: fc.Arbitrary<LabelRequirement> = fc
  .uniqueArray(labelKey, { minLength: 1, maxLength: 3 })
  .chain((some) =>
    fc.oneof(
      fc.record({ operator: fc.constantFrom('exists', 'notExists'), keys: fc.constant(some) }),
      fc.record({
        operator: fc.constantFrom('in', 'notIn'),
        keys: fc.constant(some),
        tuples: sets(fc.tuple(...some.map(() => text))),
      }),
    ),
  );

/** Sets of one, of a few, and of so many that they are compared in another way. */
function sets<T>(member: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  const few = fc.array(member, { maxLength: 6, size: 'max' });
  const many = fc.tuple(few, member).map(([list, last]) => [...list, ...Array.from({ length: 120 }, () => last)]);
  return fc.oneof({ weight: 4, arbitrary: few }, many);
}

function operandOf(type: FieldType): fc.Arbitrary<string> {
  switch (type) {
    case 'text':
    case 'textArray':
      return text;
    case 'timestamp':
      return fc.constantFrom(...instants);
    case 'integer':
      return fc.constantFrom(...integers);
    case 'boolean':
      return fc.constantFrom('true', 'false');
    default: {
      const never: never = type;
      return never;
    }
  }
}

const fieldRequirement: fc.Arbitrary<FieldRequirement> = fc.constantFrom(...Object.keys(fields)).chain((field) => {
  const { type } = fields[field as keyof typeof fields];
  const named = fc.constant(field);
  const existence = fc.record({ operator: fc.constantFrom('exists', 'notExists'), field: named });
  const equality = fc.record({
    operator: fc.constantFrom('in', 'notIn'),
    field: named,
    operands: sets(operandOf(type)),
  });
  const containment = fc.record({ operator: fc.constantFrom('contains', 'notContains'), field: named, operand: text });
  const ordering = fc.record({
    operator: fc.constantFrom('>', '>=', '<', '<='),
    field: named,
    operand: type === 'text' ? fc.constantFrom(...uuids) : operandOf(type),
  });
  return fc.oneof(
    existence,
    { weight: 3, arbitrary: equality },
    ...(type === 'text' || type === 'textArray' ? [containment] : []),
    ...(type === 'boolean' || type === 'textArray' ? [] : [ordering]),
  );
});

const mostly = <T>(requirement: fc.Arbitrary<T>) =>
  fc.array(
    fc.array(requirement, { maxLength: 3, size: 'small' }).map((requirements) => ({ requirements })),
    { minLength: 1, maxLength: 10 },
  );

let home: TestDatabase;
let database: Database;

beforeAll(async () => {
  home = await createTestDatabase();
  database = connectDatabase(home.url, { poolSize: 1, applicationName: 'selector-sql.test' });
  await database.pool.execute(sql`
    create temporary table resources (
      number integer, labels jsonb, name text collate "C", owner text, created_at timestamptz, last_seen timestamptz,
      status jsonb, lifecycle text, approved boolean, certificate text, id uuid, count integer, tags text[]
    )`);
  await database.pool.execute(sql`create index resources_labels on resources using gin (labels)`);
  await database.pool.execute(sql`create index resources_label_paths on resources using gin (labels jsonb_path_ops)`);
  // What a timestamp means must not depend on where the server stands.
  await database.pool.execute(sql`set timezone = 'Asia/Kathmandu'`);
});

afterAll(async () => {
  await database?.close();
  await home?.drop();
});

async function fill(resources: readonly Row[]): Promise<void> {
  await database.pool.execute(sql`truncate resources`);
  await database.pool.execute(
    sql`insert into resources select * from jsonb_populate_recordset(null::resources, ${JSON.stringify(resources)}::text::jsonb)`,
  );
}

async function selected(condition: SQL): Promise<number[]> {
  const found = await database.pool.execute<{ number: number }>(
    sql`select number from resources where ${condition} order by number`,
  );
  return found.map((one) => one.number);
}

const evaluated = (resources: readonly Row[], matches: (one: Row) => boolean) =>
  resources.filter(matches).map((one) => one.number);

const parameterCount = (condition: SQL) => new PgDialect().sqlToQuery(condition).params.length;

describe('SQL and the evaluator select the same', () => {
  test('by labels', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(rows, mostly(labelRequirement), async (resources, selectors) => {
        await fill(resources);
        for (const selector of selectors) {
          const expected = evaluated(resources, (one) => matchesLabels(selector, one.labels ?? {}));
          expect(await selected(labelSelectorToSql(selector, sql`labels`))).toEqual(expected);
          for (const requirement of selector.requirements) {
            const answers = resources.map((one) => matchesLabels({ requirements: [requirement] }, one.labels ?? {}));
            answers.forEach((answer) => seen.add(`${requirement.operator} ${answer}`));
          }
        }
      }),
      { numRuns: 60 },
    );
    // Or else the selectors and the rows do not meet, and agreement says nothing.
    expect(seen.size).toBe(4 * 2);
  });

  test('by every field of a device and every type of field', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(rows, mostly(fieldRequirement), async (resources, selectors) => {
        await fill(resources);
        for (const selector of selectors) {
          const expected = evaluated(resources, (one) => matchesFields(selector, valuesOf(one), fields));
          expect(await selected(fieldSelectorToSql(selector, columns, fields))).toEqual(expected);
          for (const requirement of selector.requirements) {
            const answers = resources.map((one) =>
              matchesFields({ requirements: [requirement] }, valuesOf(one), fields),
            );
            answers.forEach((answer) => seen.add(`${requirement.operator} ${answer}`));
          }
        }
      }),
      { numRuns: 200 },
    );
    expect(seen.size).toBe(10 * 2);
  });

  test('by selectors as they are written', async () => {
    const escaped = fc.constantFrom(...writable).map((value) => value.replace(/[\\,=]/g, '\\$&'));
    const written = fc.oneof(
      fc.tuple(fc.constantFrom('=', '==', '!=', ' contains ', ' notcontains '), escaped).map((parts) => parts.join('')),
      fc
        .tuple(fc.constantFrom(' in ', ' notin '), fc.array(escaped, { maxLength: 4 }))
        .map(([operator, set]) => `${operator}(${set.join()})`),
      fc.constant(''),
    );
    const textFields = Object.keys(deviceFields).filter(
      (name) => deviceFields[name as keyof typeof deviceFields].type === 'text',
    );
    const requirement = fc.tuple(fc.constantFrom(...textFields), written).map((parts) => parts.join(''));
    const selectors = fc.array(
      fc.array(requirement, { maxLength: 3 }).map((list) => list.join()),
      { minLength: 1, maxLength: 10 },
    );
    await fc.assert(
      fc.asyncProperty(rows, selectors, async (resources, texts) => {
        await fill(resources);
        for (const selector of texts.map((one) => parseFieldSelector(one, deviceFields))) {
          const expected = evaluated(resources, (one) => matchesFields(selector, valuesOf(one), deviceFields));
          expect(await selected(fieldSelectorToSql(selector, columns, deviceFields))).toEqual(expected);
        }
      }),
      { numRuns: 40 },
    );
  });
});

const blank: Row = {
  number: 0,
  labels: {},
  name: '',
  owner: null,
  created_at: '2024-01-01T00:00:00Z',
  last_seen: null,
  status: null,
  lifecycle: null,
  approved: null,
  certificate: null,
  id: null,
  count: null,
  tags: null,
};

describe('rules that random selectors seldom meet', () => {
  const resources: Row[] = [
    { ...blank, number: 0 },
    { ...blank, number: 1, tags: [], count: 9, id: uuids[0]!, last_seen: '2024-02-29T12:00:00.5Z' },
    { ...blank, number: 2, tags: ['a', 'bc'], count: 10, id: uuids[1]!, last_seen: '2024-02-29T12:00:00Z', owner: '' },
    { ...blank, number: 3, name: '100%_', labels: { alias: "O'Brien\\,=" } },
  ];

  test.each<[string, number[]]>([
    ['', [0, 1, 2, 3]],
    [`metadata.name!=''`, [0, 1, 2, 3]],
    ['tags contains', [1, 2]],
    ['tags notcontains', [0, 3]],
    ['tags contains b', []],
    ['tags notin (a,x)', [0, 1, 3]],
    ['metadata.owner contains', [2]],
    ['metadata.owner in ()', [2]],
    ['metadata.owner!=', [0, 1, 3]],
    ['metadata.name contains %_', [3]],
    ['metadata.name contains 0_', []],
    [`metadata.alias=O'Brien\\\\\\,\\=`, [3]],
    ['!metadata.nameOrAlias', [0, 1, 2]],
    ['count>9', [2]],
    ['lastSeen<=2024-02-29T13:00:00+01:00', [2]],
    [`id<${uuids[1]!.toUpperCase()}`, [1]],
  ])('%j selects %j', async (written, expected) => {
    await fill(resources);
    const selector = parseFieldSelector(written, fields);
    expect(evaluated(resources, (one) => matchesFields(selector, valuesOf(one), fields))).toEqual(expected);
    expect(await selected(fieldSelectorToSql(selector, columns, fields))).toEqual(expected);
  });
});

describe('selectors as large as they may be', () => {
  const thousand = Array.from({ length: 1_000 }, (_, number) => ({
    ...blank,
    number,
    name: `n${number}`,
    labels: { x: `v${number}`, y: 'w' },
  }));

  test('a set of 10,000 is few parameters, and selects its members', async () => {
    await fill(thousand);
    const members = Array.from({ length: 10_000 }, (_, i) => i + 500);
    const byLabel = labelSelectorToSql(parseLabelSelector(`x in (${members.map((i) => `v${i}`).join()})`), sql`labels`);
    const byName = fieldSelectorToSql(
      parseFieldSelector(`metadata.name in (${members.map((i) => `n${i}`).join()})`, fields),
      columns,
      fields,
    );
    const notByName = fieldSelectorToSql(
      parseFieldSelector(`metadata.name notin (${members.map((i) => `n${i}`).join()})`, fields),
      columns,
      fields,
    );
    for (const condition of [byLabel, byName, notByName]) expect(parameterCount(condition)).toBeLessThanOrEqual(3);
    expect(await selected(byLabel)).toEqual(members.slice(0, 500));
    expect(await selected(byName)).toEqual(members.slice(0, 500));
    expect(await selected(notByName)).toEqual(members.slice(0, 500).map((i) => i - 500));
  });

  test('1,000 requirements, each with a set, are answered', async () => {
    await fill(thousand);
    const labelled = Array.from({ length: 1_000 }, () => 'x in (v1,v2)').join();
    expect(await selected(labelSelectorToSql(parseLabelSelector(labelled), sql`labels`))).toEqual([1, 2]);
    const named = Array.from({ length: 1_000 }, () => 'metadata.nameOrAlias in (n1,n2)').join();
    expect(await selected(fieldSelectorToSql(parseFieldSelector(named, fields), columns, fields))).toEqual([1, 2]);
  });

  test('as many sets of more than 100 as there may be are answered', async () => {
    await fill(thousand);
    const set = Array.from({ length: 101 }, (_, i) => `n${i}`).join();
    const named = Array.from({ length: 99 }, () => `metadata.name in (${set})`).join();
    expect(await selected(fieldSelectorToSql(parseFieldSelector(named, fields), columns, fields))).toHaveLength(101);
    const keySet = Array.from({ length: 100 }, (_, i) => `k${i}`).join();
    const tuples = Array.from({ length: 120 }, () => `(${','.repeat(99)})`).join();
    const labelled = parseLabelSelector(`y,(${keySet}) notin (${tuples}),!(${keySet})`);
    expect(await selected(labelSelectorToSql(labelled, sql`labels`))).toHaveLength(1_000);
  });
});

test('values are parameters, never part of the statement', () => {
  const hostile = `'; drop table devices; --`;
  const byField: FieldRequirement[] = [
    { operator: 'in', field: 'metadata.name', operands: [hostile] },
    { operator: 'notIn', field: 'metadata.name', operands: [hostile, hostile] },
    { operator: 'contains', field: 'tags', operand: hostile },
    { operator: 'notContains', field: 'metadata.nameOrAlias', operand: hostile },
    { operator: '>', field: 'metadata.name', operand: hostile },
  ];
  const byLabel: LabelRequirement[] = [
    { operator: 'exists', keys: [hostile] },
    { operator: 'notExists', keys: [hostile, `${hostile} `] },
    { operator: 'in', keys: [hostile], tuples: [[hostile]] },
    { operator: 'notIn', keys: [hostile], tuples: [[hostile], [hostile]] },
  ];
  for (const condition of [
    fieldSelectorToSql({ requirements: byField }, columns, fields),
    labelSelectorToSql({ requirements: byLabel }, sql`labels`),
  ]) {
    expect(new PgDialect().sqlToQuery(condition).sql).not.toContain('drop table');
  }
});

/** The plan for a condition where reading the whole table is out of the question, as it is for a table of millions. */
const planFor = (condition: SQL) =>
  database.transact(async (tx) => {
    await tx.execute(sql`set local enable_seqscan = off`);
    return JSON.stringify(await tx.execute(sql`explain select number from resources where ${condition}`));
  });

describe('indexes', () => {
  beforeAll(async () => {
    await database.pool.execute(sql`create index resources_name on resources (name)`);
    await fill(
      Array.from({ length: 5_000 }, (_, number) => ({
        ...blank,
        number,
        name: `n${number}`,
        labels: { x: `v${number}`, [`k${number}`]: '' },
      })),
    );
    await database.pool.execute(sql`analyze resources`);
  });

  test.each(['x=v1', 'x==v1,y!=b', 'x in (v1,v2)', '(x,k1) in ((v1,),(v2,))', 'k1', '(k1,x)'])(
    'the GIN index on labels serves %s',
    async (selector) => {
      expect(await planFor(labelSelectorToSql(parseLabelSelector(selector), sql`labels`))).toMatch(
        /Index Scan on resources_label/,
      );
    },
  );

  test.each([
    'metadata.name=n1',
    'metadata.name in (n1,n2)',
    `metadata.name in (${Array.from({ length: 200 }, (_, i) => `n${i}`).join()})`,
  ])('the index on names serves %.40s', async (selector) => {
    expect(await planFor(fieldSelectorToSql(parseFieldSelector(selector, fields), columns, fields))).toMatch(
      /resources_name/,
    );
  });
});

test('a field of a catalogue without its column is a mistake of the program', () => {
  const selector = parseFieldSelector('count=1', fields);
  const { count: _, ...others } = columns;
  expect(fieldsBehind(fields, 'metadata.nameOrAlias')).toEqual(['metadata.name', 'metadata.alias']);
  expect(() => fieldSelectorToSql(selector, others as FieldColumns<typeof fields>, fields)).toThrow(
    'no column for the field count',
  );
});

import { expect, test } from 'vitest';
import { MetricMovements, type MetricMovement } from '../../src/demo/metric-movements.ts';
import { metricsTable } from '../../src/demo/metrics-table.ts';
import { requiredOf, whyUnmoved } from '../../src/demo/unmoved-metrics.ts';
import { counters, gauges, histograms } from '../../src/metrics/catalogue.ts';
import { parseScrape } from '../../src/metrics/text-format.ts';

/** Movements of metrics in scrapes that are given by their lines. */
function movementsIn(types: Readonly<Record<string, string>>, ...scrapes: readonly (readonly string[])[]) {
  const movements = new MetricMovements();
  const heads = Object.entries(types).map(([name, type]) => `# TYPE ${name} ${type}`);
  for (const lines of scrapes) movements.add(parseScrape([...heads, ...lines].join('\n')));
  return movements.all();
}

const cells = (movements: readonly MetricMovement[]) =>
  metricsTable(movements)
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {3,}/));

test('a counter moves by those of its series that grew, and keeps its highest when it begins anew with the service', () => {
  const types = { muster_x_total: 'counter' };
  const [moved] = movementsIn(
    types,
    ['muster_x_total{a="1"} 0', 'muster_x_total{a="2"} 0'],
    ['muster_x_total{a="1"} 12000', 'muster_x_total{a="2"} 0'],
    ['muster_x_total{a="1"} 3', 'muster_x_total{a="2"} 0'],
  );
  expect(moved).toMatchObject({ series: 2, moved: 1, range: { lowest: 0, highest: 12_000 }, wasAbsent: false });
});

test('what comes or goes has moved, although its value did not change', () => {
  const types = { muster_since: 'gauge' };
  const comes = movementsIn(types, [], ['muster_since{by="person"} 5']);
  const goes = movementsIn(types, ['muster_since{by="person"} 5'], []);
  const stays = movementsIn(types, ['muster_since{by="person"} 5'], ['muster_since{by="person"} 5']);
  expect([comes, goes, stays].map(([only]) => [only?.moved, only?.wasAbsent])).toEqual([
    [1, true],
    [1, true],
    [0, false],
  ]);
});

test('a histogram counts by how often it was observed, and metrics of others are left out', () => {
  const lines = (count: number) => [
    `muster_y_seconds_bucket{le="1"} ${count}`,
    `muster_y_seconds_sum ${count * 4}`,
    `muster_y_seconds_count ${count}`,
    `process_cpu_seconds_total ${count}`,
  ];
  const types = { muster_y_seconds: 'histogram', process_cpu_seconds_total: 'counter' };
  expect(movementsIn(types, lines(0), lines(7))).toEqual([
    {
      name: 'muster_y_seconds',
      type: 'histogram',
      series: 1,
      moved: 1,
      range: { lowest: 0, highest: 7 },
      wasAbsent: false,
    },
  ]);
});

test('a series of one metric is not taken for one of another whose name begins alike', () => {
  const types = { muster_a: 'gauge', muster_a_b: 'gauge' };
  const found = movementsIn(types, ['muster_a 1', 'muster_a_b 1'], ['muster_a 1', 'muster_a_b 2']);
  expect(found.map(({ name, moved }) => [name, moved])).toEqual([
    ['muster_a', 0],
    ['muster_a_b', 1],
  ]);
});

test('a metric that stands still must move, unless it is said why it need not', () => {
  const types = { muster_sheds_total: 'counter', muster_new_total: 'counter', muster_devices: 'gauge' };
  const lines = ['muster_sheds_total{reason="503"} 0', 'muster_new_total 0', 'muster_devices{gate="Open"} 0'];
  const required = requiredOf(movementsIn(types, lines, [...lines.slice(0, 2), 'muster_devices{gate="Open"} 9']));
  expect(required.filter(({ moved }) => moved === 0).map(({ name }) => name)).toEqual(['muster_new_total']);
  expect(required.map(({ name }) => name)).toContain('muster_devices');
});

test('reasons are given only for metrics that there are', () => {
  const names = new Set<string>(Object.values({ ...counters, ...histograms, ...gauges }).map(({ name }) => name));
  expect([...whyUnmoved.keys()].filter((name) => !names.has(name))).toEqual([]);
});

test('the table says from where to where each went, how many series moved, and why one did not', () => {
  const types = {
    muster_api_request_duration_seconds: 'histogram',
    muster_database_up: 'gauge',
    muster_database_ping_seconds: 'gauge',
    muster_restore_declared_timestamp_seconds: 'gauge',
    muster_sheds_total: 'counter',
    muster_new_total: 'counter',
    muster_never: 'gauge',
  };
  const still = [
    'muster_database_up 1',
    'muster_sheds_total{r="a"} 0',
    'muster_sheds_total{r="b"} 0',
    'muster_new_total 0',
  ];
  const table = cells(
    movementsIn(
      types,
      [...still, 'muster_database_ping_seconds 0.0123456'],
      [
        ...still,
        'muster_database_ping_seconds 0.5',
        'muster_api_request_duration_seconds_count{code="200"} 1234',
        'muster_restore_declared_timestamp_seconds{by="person"} 1795286292.023',
      ],
    ),
  );
  expect(table).toEqual([
    ['METRIC', 'LOWEST → HIGHEST', 'SERIES MOVED', 'WHY NOT'],
    ['muster_api_request_duration_seconds', '0 → 1,234 measured', '1 of 1'],
    ['muster_database_ping_seconds', '0.012 → 0.5', '1 of 1'],
    ['muster_database_up', '1', '0 of 1', 'the database answered'],
    ['muster_never', 'none', '0 of 0', '?'],
    ['muster_new_total', '0', '0 of 1', '?'],
    ['muster_restore_declared_timestamp_seconds', 'none → 2026-11-21T18:38:12Z', '1 of 1'],
    ['muster_sheds_total', '0', '0 of 2', 'nobody was turned away'],
  ]);
});

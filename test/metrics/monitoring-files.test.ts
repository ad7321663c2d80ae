import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { counters, gauges, histograms } from '../../src/metrics/catalogue.ts';
import { useContext } from '../support/use-fleet.ts';

const fileAt = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

const ruleFile = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string(),
          expr: z.string(),
          labels: z.object({ severity: z.enum(['warning', 'critical']) }),
          annotations: z.object({ summary: z.string(), description: z.string(), runbook: z.string() }),
        }),
      ),
    }),
  ),
});
const ruleTests = z.object({
  tests: z.array(
    z.object({
      input_series: z.array(z.object({ series: z.string() })),
      alert_rule_test: z.array(z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()).optional() })),
    }),
  ),
});
const dashboardFile = z.object({
  panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })).optional() })),
  annotations: z.object({ list: z.array(z.object({ expr: z.string() })) }),
});

/** Series as they may be asked for: a histogram is three. */
let series: Set<string>;
let labels: Map<string, string[]>;

const here = await useContext();

beforeAll(async () => {
  const { metrics } = here.context;
  metrics.addProcessMetrics();
  const parts = Object.values(histograms).flatMap(({ name }) => ['_bucket', '_sum', '_count'].map((end) => name + end));
  series = new Set([...metrics.names, ...parts]);
  const all = [...Object.values(counters), ...Object.values(gauges), ...Object.values(histograms)];
  labels = new Map(all.map((about) => [about.name, 'labels' in about ? about.labels.map(({ name }) => name) : []]));
});

/** Names of metrics in an expression: those of ours and of the process. */
const metricsIn = (expression: string) => expression.match(/\b(?:muster|process|nodejs)_\w+/g) ?? [];

async function rules() {
  return ruleFile.parse(parse(await fileAt('deploy/monitoring/alerts.yaml'))).groups.flatMap((group) => group.rules);
}

async function expressions(): Promise<string[]> {
  const dashboard = dashboardFile.parse(JSON.parse(await fileAt('deploy/monitoring/dashboard.json')));
  const tests = ruleTests.parse(parse(await fileAt('deploy/monitoring/alerts.test.yaml'))).tests;
  return [
    ...(await rules()).map(({ expr }) => expr),
    ...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
    ...dashboard.annotations.list.map(({ expr }) => expr),
    ...tests.flatMap((one) => one.input_series.map((input) => input.series)),
  ];
}

describe('the alerts and the dashboard', () => {
  test('ask only for metrics that the service has', async () => {
    const asked = (await expressions()).flatMap(metricsIn);
    expect(asked.length).toBeGreaterThan(40);
    expect(asked.filter((name) => !series.has(name))).toEqual([]);
  });

  test('ask only for labels that those metrics have, with values that they can have', async () => {
    const wrong: string[] = [];
    const values = new Map<string, readonly string[] | string>(
      [...Object.values(counters), ...Object.values(gauges)].flatMap((about) =>
        'labels' in about ? about.labels.map(({ name, values }) => [`${about.name} ${name}`, values] as const) : [],
      ),
    );
    for (const expression of await expressions()) {
      for (const [, name = '', chosen = ''] of expression.matchAll(/\b(muster_\w+)\{([^}]*)\}/g)) {
        for (const [, label = '', value = ''] of chosen.matchAll(/(\w+)=~?"([^"]*)"/g)) {
          if (['job', 'instance'].includes(label)) continue;
          const known = values.get(`${name} ${label}`);
          if (known === undefined || (typeof known !== 'string' && !known.includes(value))) {
            wrong.push(`${name}{${label}="${value}"}`);
          }
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test('use every metric of the service somewhere', async () => {
    const asked = new Set((await expressions()).flatMap(metricsIn));
    const unused = [...labels.keys()].filter((name) => ![...asked].some((one) => one.startsWith(name)));
    expect(unused).toEqual([]);
  });
});

describe('each alert', () => {
  test('has a section in the runbook that its annotation points to', async () => {
    for (const { alert, annotations } of await rules()) {
      const [path = '', anchor = ''] = annotations.runbook.split('#');
      const headings = [...(await fileAt(path)).matchAll(/^## (.+)$/gm)].map(([, heading = '']) =>
        heading.toLowerCase(),
      );
      expect(headings).toContain(anchor);
      expect(anchor).toBe(alert.toLowerCase());
    }
  });

  test('fires in a rule test, and keeps still in another', async () => {
    const tests = ruleTests.parse(parse(await fileAt('deploy/monitoring/alerts.test.yaml'))).tests;
    const tried = tests.flatMap((one) => one.alert_rule_test);
    for (const { alert } of await rules()) {
      const firing = tried.filter((one) => one.alertname === alert).map((one) => (one.exp_alerts ?? []).length > 0);
      expect([alert, firing.includes(true), firing.includes(false)]).toEqual([alert, true, true]);
    }
  });
});

import { rolesWith } from '../../src/domain/access/roles.ts';
import { counters, gauges, histograms, type MetricAbout } from '../../src/metrics/catalogue.ts';

const head = `# Metrics

Made by \`npm run generate\` from \`src/metrics/catalogue.ts\`; do not edit.

\`GET /metrics\` on the admin listener, in Prometheus' text format. Counters and histograms are of the instance that answers, all of its processes (\`MUSTER_PROCESSES\`): add them up over instances with
\`sum\`. Gauges that come from the database or the queue say so; they are of the whole service and the same in every instance: take any one with \`max\`. What
cannot be found out at the moment of the scrape is left out of it, rather than given an old value. What a scrape costs does not depend on how many devices there
are: they are never counted, and only those that want rendering are looked at.

With authentication configured, reading them needs a token with one of the roles ${inCode(rolesWith('metrics.read'))}.

| Metric | Type | Labels | Meaning |
| --- | --- | --- | --- |
`;

const foot = `
Beside these there are those that \`prom-client\` makes of every Node.js process: \`process_cpu_seconds_total\`, \`process_resident_memory_bytes\`,
\`process_open_fds\`, \`nodejs_eventloop_lag_p99_seconds\`, \`nodejs_gc_duration_seconds\` and others with the same beginnings.

\`muster demo\` ends with what each of Muster's own went through while a database was lost and its devices came back.

Alert rules, their tests and a Grafana dashboard are in \`deploy/monitoring/\`; what to do when an alert fires is in [alerts.md](alerts.md).
`;

/** The reference of all metrics, as Markdown. */
export function metricsReference(): string {
  const rows = [
    ...Object.values(gauges).map((about) => row(about, 'gauge')),
    ...Object.values(counters).map((about) => row(about, 'counter')),
    ...Object.values(histograms).map((about) => row(about, 'histogram')),
  ];
  return `${head}${rows.join('\n')}\n${foot}`;
}

function row({ name, about, labels = [] }: MetricAbout, type: string): string {
  const shown = labels.map((label) => `\`${label.name}\`: ${valuesOf(label.values)}`).join('; ');
  return `| \`${name}\` | ${type} | ${shown} | ${about} |`;
}

function valuesOf(values: readonly string[] | string): string {
  return typeof values === 'string' ? values : inCode(values);
}

function inCode(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(', ');
}

import type { Verdict } from '../../domain/recovery/verdict.ts';
import type { SimulatedFleet } from '../../simulator/simulated-fleet.ts';

/** The counts of a simulation. Times are in the unit that the name says. */
type SimulationSummary = {
  readonly devices: number;
  /** Devices that were answered at least once. */
  readonly answered: number;
  readonly seconds: number;
  readonly reports: number;
  readonly reportsPerSecond: number;
  readonly latencyMs: { readonly p50: number | null; readonly p95: number | null; readonly p99: number | null };
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** Devices that were last told that they are paused. */
  readonly paused: number;
  readonly specsApplied: number;
  /** Specs that a device ignored: older than its own, or failed there before. */
  readonly specsRefused: number;
  /** Versions that a device could not apply, and went back from. */
  readonly specsFailed: number;
  /** Statuses that were accepted over HTTP. */
  readonly statuses: number;
  /** Restarts of agents. */
  readonly restarts: number;
  /** Times that a device was told to come back later. */
  readonly turnedAway: number;
  readonly errors: Readonly<Record<string, number>>;
};

export function summarise(fleet: SimulatedFleet, seconds: number): SimulationSummary {
  const { counters, devices } = fleet;
  return {
    devices: devices.length,
    answered: counters.answered.size,
    seconds: rounded(seconds),
    reports: counters.reports,
    reportsPerSecond: seconds > 0 ? rounded(counters.reports / seconds) : 0,
    latencyMs: { p50: quantile(fleet, 0.5), p95: quantile(fleet, 0.95), p99: quantile(fleet, 0.99) },
    verdicts: { ...counters.verdicts },
    paused: fleet.pausedCount,
    specsApplied: counters.specsApplied,
    specsRefused: counters.specsRefused,
    specsFailed: counters.specsFailed,
    statuses: counters.statuses,
    restarts: devices.reduce((sum, device) => sum + device.restarts, 0),
    turnedAway: counters.turnedAway,
    errors: Object.fromEntries(counters.errors),
  };
}

/** A summary for people. */
export function summaryText(summary: SimulationSummary): string {
  const { latencyMs, verdicts, errors } = summary;
  const ms = (value: number | null) => (value === null ? 'none' : `${value} ms`);
  const lines: [string, string][] = [
    ['Devices', `${summary.devices}, ${summary.answered} answered, ${summary.paused} paused`],
    ['Reports', `${summary.reports} in ${summary.seconds} s: ${summary.reportsPerSecond}/s`],
    ['Latency', `p50 ${ms(latencyMs.p50)}, p95 ${ms(latencyMs.p95)}, p99 ${ms(latencyMs.p99)}`],
    [
      'Verdicts',
      Object.entries(verdicts)
        .map(([verdict, count]) => `${count} ${verdict}`)
        .join(', '),
    ],
    ['Specs', `${summary.specsApplied} applied, ${summary.specsRefused} ignored, ${summary.specsFailed} failed`],
    ['Restarts', String(summary.restarts)],
    ['Turned away', String(summary.turnedAway)],
    [
      'Errors',
      Object.entries(errors)
        .map(([kind, count]) => `${count} ${kind}`)
        .join(', ') || 'none',
    ],
  ];
  const width = Math.max(...lines.map(([title]) => title.length));
  return lines.map(([title, text]) => `${title.padEnd(width)}  ${text}`).join('\n');
}

/** The remark beside the bar while it runs. */
export function remark(fleet: SimulatedFleet, seconds: number): string {
  const { reportsPerSecond, latencyMs, paused, specsApplied } = summarise(fleet, seconds);
  const p99 = latencyMs.p99 === null ? '' : `, p99 ${latencyMs.p99} ms`;
  return `answered, ${reportsPerSecond} reports/s${p99}, ${specsApplied} specs, ${paused} paused, ${fleet.counters.errorCount} errors`;
}

function quantile({ counters }: SimulatedFleet, share: number): number | null {
  const ms = counters.latency.quantile(share);
  return ms === null ? null : rounded(ms);
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

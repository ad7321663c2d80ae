import { CronExpressionParser } from 'cron-parser';
import type { AgentSchedule } from './agent-spec.ts';

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * Tells whether a schedule allows something now: from each of its times on, for as long as its grace lasts.
 *
 * @param nowMs milliseconds since 1970
 * @throws Error if the schedule cannot be read
 */
export function isWindowOpen({ at, timeZone, startGraceDuration }: AgentSchedule, nowMs: number): boolean {
  const tz = timeZone === '' || timeZone === 'Local' ? 'UTC' : timeZone;
  const cron = CronExpressionParser.parse(at, { currentDate: new Date(nowMs + 1), tz });
  return nowMs - cron.prev().getTime() <= durationMs(startGraceDuration);
}

function durationMs(text: string): number {
  const match = /^(\d{1,9})([smh])$/.exec(text);
  return Number(match?.[1] ?? 0) * (unitMs[match?.[2] ?? ''] ?? 0);
}

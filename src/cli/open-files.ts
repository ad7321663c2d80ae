import { z } from 'zod';
import { CliError } from './failures.ts';

const reportSchema = z.object({ userLimits: z.object({ open_files: z.object({ soft: z.number() }) }) });

/**
 * Makes sure that this process may open as many files as it needs; every connection is one.
 *
 * @param what needs them, for the message
 * @throws CliError saying how to raise the limit
 */
export function requireOpenFiles(needed: number, what: string): void {
  // Where there is no limit, or none is known, there is no number.
  const report = reportSchema.safeParse(process.report?.getReport());
  if (!report.success) return;
  const allowed = report.data.userLimits.open_files.soft;
  if (allowed >= needed) return;
  throw new CliError(
    `${what} need about ${needed} open files, and this process may have ${allowed}: take fewer, or raise the limit with ulimit -n ${needed}`,
  );
}

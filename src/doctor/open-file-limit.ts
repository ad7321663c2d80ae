import { z } from 'zod';

const reportSchema = z.object({ userLimits: z.object({ open_files: z.object({ soft: z.number() }) }) });

/** Number of files that this process may have open; undefined where there is no limit, or none is known. */
export function openFileLimit(): number | undefined {
  const report = reportSchema.safeParse(process.report?.getReport());
  return report.success ? report.data.userLimits.open_files.soft : undefined;
}

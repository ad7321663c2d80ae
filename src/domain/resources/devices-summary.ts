import { z } from 'zod';

const counts = z.record(z.string(), z.int().nonnegative());

const devicesSummaryCapabilitiesSchema = z
  .looseObject({
    osMode: counts
      .optional()
      .meta({ description: 'By how the OS is managed; `unknown` for devices that did not say.' }),
  })
  .meta({ id: 'DevicesSummaryCapabilities', description: 'Number of devices with each capability.' });

export const devicesSummarySchema = z
  .looseObject({
    total: z.int().nonnegative(),
    applicationStatus: counts.meta({ description: 'By the status of their applications.' }),
    summaryStatus: counts.meta({ description: 'By their status as a whole.' }),
    updateStatus: counts.meta({ description: 'By their status of updates.' }),
    capabilities: devicesSummaryCapabilitiesSchema.optional(),
  })
  .meta({ id: 'DevicesSummary', description: 'Number of devices in each state.' });
export type DevicesSummary = z.infer<typeof devicesSummarySchema>;

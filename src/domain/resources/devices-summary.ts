import { z } from 'zod';

const counts = z.record(z.string(), z.int().nonnegative());

const devicesSummaryCapabilitiesSchema = z
  .looseObject({
    osMode: counts
      .optional()
      .meta({ description: 'By how the OS is managed; `unknown` for devices that did not say.' }),
  })
  .meta({ id: 'DevicesSummaryCapabilities', description: 'How many devices can do what.' });

export const devicesSummarySchema = z
  .looseObject({
    total: z.int().nonnegative(),
    applicationStatus: counts.meta({ description: 'By the status of their applications.' }),
    summaryStatus: counts.meta({ description: 'By their status as a whole.' }),
    updateStatus: counts.meta({ description: 'By whether they run what they should.' }),
    capabilities: devicesSummaryCapabilitiesSchema.optional(),
  })
  .meta({ id: 'DevicesSummary', description: 'How many devices there are in each state.' });
export type DevicesSummary = z.infer<typeof devicesSummarySchema>;

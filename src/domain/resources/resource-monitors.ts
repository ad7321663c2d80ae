import { z } from 'zod';
import { limits } from './limits.ts';
import { uniqueBy } from './object-rules.ts';
import { plainText } from './templated.ts';

const severities = ['Warning', 'Critical', 'Info'] as const;

const resourceAlertRuleSchema = z
  .looseObject({
    severity: z.enum(severities).meta({ description: 'The severity of the alert.' }),
    duration: plainText({ pattern: /^\d+[smh]$/, expected: 'expected a duration such as 90s, 10m or 1h' }).meta({
      description: 'The time over which usage is averaged.',
    }),
    percentage: z.number().min(0).max(100).meta({ description: 'The usage at which the alert begins.' }),
    description: z.string().max(limits.textLength).meta({ description: 'The meaning of the alert, for people.' }),
  })
  .meta({ id: 'ResourceAlertRule', description: 'A rule for raising an alert about a resource.' });

const monitorFields = {
  alertRules: z
    .array(resourceAlertRuleSchema)
    .max(severities.length)
    .superRefine(uniqueBy('severity'))
    .meta({ description: 'At most one rule for each severity.' }),
  samplingInterval: plainText({
    pattern: /^[1-9]\d*[smh]$/,
    expected: 'expected a duration above zero, such as 5s, 10m or 1h',
  }).meta({
    description: 'The time between two measurements.',
  }),
};

const cpuResourceMonitorSpecSchema = z
  .looseObject({ monitorType: z.literal('CPU'), ...monitorFields })
  .meta({ id: 'CpuResourceMonitorSpec', description: 'Monitors the use of the processors.' });

const memoryResourceMonitorSpecSchema = z
  .looseObject({ monitorType: z.literal('Memory'), ...monitorFields })
  .meta({ id: 'MemoryResourceMonitorSpec', description: 'Monitors the use of memory.' });

const diskResourceMonitorSpecSchema = z
  .looseObject({
    monitorType: z.literal('Disk'),
    ...monitorFields,
    path: z.string().max(limits.pathLength).meta({ description: 'A directory on the disk to watch.' }),
  })
  .meta({ id: 'DiskResourceMonitorSpec', description: 'Monitors the use of a disk.' });

export const resourceMonitorSchema = z
  .discriminatedUnion('monitorType', [
    cpuResourceMonitorSpecSchema,
    memoryResourceMonitorSpecSchema,
    diskResourceMonitorSpecSchema,
  ])
  .meta({ id: 'ResourceMonitor', description: 'A resource to watch; `monitorType` says which.' });

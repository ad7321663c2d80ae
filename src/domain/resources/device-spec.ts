import { z } from 'zod';
import { applicationProviderSpecSchema } from './applications.ts';
import { catalogItemRefSchema } from './catalog-item.ts';
import { configProviderSpecSchema } from './config-providers.ts';
import { deviceDecommissionSchema } from './device-decommission.ts';
import { imageReferenceSchema } from './image-reference.ts';
import { limits } from './limits.ts';
import { atMostOneOf } from './object-rules.ts';
import { resourceMonitorSchema } from './resource-monitors.ts';
import { plainText } from './templated.ts';
import { deviceUpdatePolicySpecSchema } from './update-policy.ts';

const deviceOsSpecSchema = z
  .looseObject({
    image: imageReferenceSchema.optional().meta({ description: 'The OS image, as an OCI reference.' }),
    catalogItemRef: catalogItemRefSchema.optional(),
  })
  .superRefine(atMostOneOf(['image', 'catalogItemRef']))
  .meta({
    id: 'DeviceOsSpec',
    description: 'The operating system: an image, or an item of a catalog that names one.',
  });

/** The characters of systemd's unit names and of the globs over them, as the contract gives them. */
const unitPatternSchema = plainText(
  {
    pattern: /^[0-9a-zA-Z:\-_.\\[\]!*?]+(@[0-9a-zA-Z:\-_.\\[\]!*?]+)?(\.[a-zA-Z[\]!\-*?]+)?$/,
    expected: 'expected a systemd unit name or a glob over such names',
  },
  limits.unitPatternLength,
);

const deviceConsoleSchema = z
  .looseObject({
    sessionID: z.string().max(limits.textLength),
    sessionMetadata: z
      .string()
      .max(limits.contentLength)
      .meta({ description: 'Parameters of the session, as key=value pairs.' }),
  })
  .meta({ id: 'DeviceConsole', description: 'A console session that is open. Set by the service.' });

/**
 * The spec of a device. Some of its strings may hold templates (templates/template-places.ts); keys that Muster does not
 * know go to the device unchanged.
 */
export const deviceSpecSchema = z
  .looseObject({
    updatePolicy: deviceUpdatePolicySpecSchema.optional(),
    os: deviceOsSpecSchema.optional(),
    config: z.array(configProviderSpecSchema).max(limits.configProviderCount).optional(),
    applications: z.array(applicationProviderSpecSchema).max(limits.applicationCount).optional(),
    systemd: z
      .strictObject({ matchPatterns: z.array(unitPatternSchema).max(limits.unitPatternCount).optional() })
      .optional()
      .meta({ description: 'The systemd units whose state the device reports.' }),
    resources: z.array(resourceMonitorSchema).max(limits.resourceMonitorCount).optional(),
    consoles: z.array(deviceConsoleSchema).max(limits.consoleCount).optional(),
    decommissioning: deviceDecommissionSchema.optional(),
  })
  .meta({
    id: 'DeviceSpec',
    description: 'The desired state of a device: its OS, configuration, applications, and the things it monitors.',
  });
export type DeviceSpec = z.infer<typeof deviceSpecSchema>;

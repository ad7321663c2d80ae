import { z } from 'zod';

export const deviceDecommissionTargetTypeSchema = z
  .enum(['Unenroll', 'FactoryReset'])
  .meta({ id: 'DeviceDecommissionTargetType', description: 'The action of the device when it is decommissioned.' });

export const deviceDecommissionSchema = z
  .looseObject({ target: deviceDecommissionTargetTypeSchema })
  .meta({ id: 'DeviceDecommission', description: 'Asks that a device be decommissioned.' });
export type DeviceDecommission = z.infer<typeof deviceDecommissionSchema>;

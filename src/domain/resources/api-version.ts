import { z } from 'zod';

/** The version of Flight Control's resources that Muster answers with. */
const flightctlApiVersion = 'flightctl.io/v1beta1';

/** The version of the resources that only Muster has. */
const musterApiVersion = 'muster/v1';

/** Flight Control's forms of its version. Its agent leaves the field empty when it reports its status. */
export const apiVersionSchema = z
  .enum(['v1beta1', flightctlApiVersion, ''])
  .meta({ id: 'ApiVersion', description: 'The version of the schema that the object follows.' });

export const musterApiVersionSchema = z
  .literal(musterApiVersion)
  .meta({ id: 'MusterApiVersion', description: 'The version of the schema of resources that only Muster has.' });

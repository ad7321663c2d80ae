import { z } from 'zod';

/** Orders to the process of the service. */
export const orderSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('start'), environment: z.record(z.string(), z.string()) }),
  z.object({ kind: z.literal('stop') }),
]);
export type Order = z.infer<typeof orderSchema>;

/** Its answers. */
export const orderAnswerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('started'), api: z.string(), agent: z.string() }),
  z.object({ kind: z.literal('stopped') }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
]);
export type OrderAnswer = z.infer<typeof orderAnswerSchema>;

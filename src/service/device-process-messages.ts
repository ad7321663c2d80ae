import { z } from 'zod';

/** Orders of the first process to one that devices talk to. */
export const deviceProcessOrderSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('metrics') }),
  z.object({ kind: z.literal('reload') }),
  z.object({ kind: z.literal('stop') }),
]);
export type DeviceProcessOrder = z.infer<typeof deviceProcessOrderSchema>;

/** Answers to such orders. */
export const deviceProcessAnswerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('started'), agent: z.string() }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
  z.object({
    kind: z.literal('metrics'),
    metrics: z.array(z.looseObject({ name: z.string(), type: z.string() })),
  }),
]);
export type DeviceProcessAnswer = z.infer<typeof deviceProcessAnswerSchema>;

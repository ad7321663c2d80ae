import { z } from 'zod';

/** A yes or no in a query. */
export const queryFlag = z.preprocess(
  (text) => (text === 'true' ? true : text === 'false' ? false : text),
  z.boolean({ error: 'expected true or false' }),
);

/** The selectors of a list. What is wrong with one its parser says. */
export const selectorQuery = z.object({
  labelSelector: z.string().optional().describe('Only what has these labels, as in Kubernetes; everything if blank.'),
  fieldSelector: z.string().optional().describe('Only what has these fields; everything if blank.'),
});

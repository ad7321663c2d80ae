import { z } from 'zod';
import { limits } from './limits.ts';
import { labelKeySchema } from './object-meta.ts';
import { atMostEntries } from './object-rules.ts';

const value = z.string().max(limits.textLength);

/**
 * Kubernetes' rule: comparing with a set needs values, asking for presence allows none. `NotIn` without values would select
 * everything.
 */
function valuesAsOperatorNeeds(
  expression: {
    readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
    readonly values?: readonly string[] | undefined;
  },
  context: z.RefinementCtx,
): void {
  const { operator, values = [] } = expression;
  const needsValues = operator === 'In' || operator === 'NotIn';
  if (needsValues === values.length > 0) return;
  const message = needsValues ? `expected at least one value for ${operator}` : `expected no values for ${operator}`;
  context.addIssue({ code: 'custom', path: ['values'], message });
}

const matchExpressionSchema = z
  .looseObject({
    key: labelKeySchema.meta({ description: 'The key of the label.' }),
    operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
    values: z.array(value).max(limits.matchValueCount).optional(),
  })
  .superRefine(valuesAsOperatorNeeds)
  .meta({ id: 'MatchExpression', description: 'A requirement on one label.' });

export const labelSelectorSchema = z
  .looseObject({
    matchLabels: z
      .record(labelKeySchema, value)
      .superRefine(atMostEntries(limits.matchExpressionCount))
      .optional()
      .meta({ description: 'Labels and the values they must have.' }),
    matchExpressions: z
      .array(matchExpressionSchema)
      .min(1)
      .max(limits.matchExpressionCount)
      .optional()
      .meta({ description: 'Further requirements on labels.' }),
  })
  .meta({
    id: 'LabelSelector',
    description: 'Chooses objects by their labels: all requirements must hold. An empty selector chooses none.',
  });

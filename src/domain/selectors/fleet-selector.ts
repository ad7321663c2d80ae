import { z } from 'zod';
import { badRequest } from '../errors.ts';
import { isLabelKey, isLabelValue, labelKeyRule, labelValueRule } from './label-names.ts';
import type { LabelRequirement, LabelSelector } from './label-selector.ts';
import { quote, selectorLimits } from './selector-text.ts';

const matchExpression = z.object({
  key: z.string(),
  operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
  values: z.array(z.string()).nullish(),
});

const fleetSelectorSpec = z
  .object({
    // A map, because a record would silently lose the key `__proto__`, and so select more than was asked.
    matchLabels: z
      .custom<object>(
        (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
        'expected an object',
      )
      .transform((labels) => new Map<string, unknown>(Object.entries(labels)))
      .pipe(z.map(z.string(), z.string()))
      .nullish(),
    matchExpressions: z.array(matchExpression).nullish(),
  })
  .nullish();

/**
 * The devices that a fleet selects, from its `spec.selector`. An absent or empty selector selects nothing.
 * @throws MusterError 400 that names the path of the error, for instance `spec.selector.matchExpressions[0].values`.
 */
export function fleetSelector(spec: unknown): LabelSelector | 'nothing' {
  const parsed = fleetSelectorSpec.safeParse(spec);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw refusal(pathOf(issue?.path ?? []), issue?.message ?? 'not a selector');
  }
  const labels = [...(parsed.data?.matchLabels ?? [])];
  const expressions = parsed.data?.matchExpressions ?? [];
  checkSize(labels.length + expressions.length, expressions);

  const requirements = [
    ...labels.map(([key, value]): LabelRequirement => {
      const path = pathOf(['matchLabels', key]);
      if (!isLabelKey(key)) throw refusal(path, `expected ${labelKeyRule}`);
      if (!isLabelValue(value)) throw refusal(path, `expected ${labelValueRule}; found ${quote(value)}`);
      return { operator: 'in', keys: [key], tuples: [[value]] };
    }),
    ...expressions.map((expression, i) => requirementOf(expression, i)),
  ];
  return requirements.length === 0 ? 'nothing' : { requirements };
}

function requirementOf(expression: z.infer<typeof matchExpression>, index: number): LabelRequirement {
  const { key, operator } = expression;
  const values = expression.values ?? [];
  const path = pathOf(['matchExpressions', index]);
  if (!isLabelKey(key)) throw refusal(`${path}.key`, `expected ${labelKeyRule}; found ${quote(key)}`);
  for (const [i, value] of values.entries()) {
    if (!isLabelValue(value))
      throw refusal(`${path}.values[${i}]`, `expected ${labelValueRule}; found ${quote(value)}`);
  }
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) throw refusal(`${path}.values`, `expected at least one value for ${operator}`);
      return { operator: operator === 'In' ? 'in' : 'notIn', keys: [key], tuples: values.map((value) => [value]) };
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) throw refusal(`${path}.values`, `expected no values for ${operator}`);
      return { operator: operator === 'Exists' ? 'exists' : 'notExists', keys: [key] };
    default: {
      return operator satisfies never;
    }
  }
}

function checkSize(requirements: number, expressions: readonly z.infer<typeof matchExpression>[]): void {
  if (requirements > selectorLimits.requirements) {
    throw refusal(pathOf([]), `expected at most ${selectorLimits.requirements} requirements, found ${requirements}`);
  }
  const members = expressions.reduce((sum, expression) => sum + (expression.values?.length ?? 0), 0);
  if (members > selectorLimits.setMembers) {
    throw refusal(
      pathOf(['matchExpressions']),
      `expected at most ${selectorLimits.setMembers} values, found ${members}`,
    );
  }
}

const refusal = (path: string, problem: string) => badRequest(`${path}: ${problem}`);

/** Writes a place in a Fleet. Keys of `matchLabels` are in brackets, because label keys have dots. */
function pathOf(steps: readonly PropertyKey[]): string {
  return steps.reduce<string>((path, step, i) => {
    const bracketed = typeof step === 'number' || steps[i - 1] === 'matchLabels';
    return bracketed ? `${path}[${String(step)}]` : `${path}.${String(step)}`;
  }, 'spec.selector');
}

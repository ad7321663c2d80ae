import { expect, it } from 'vitest';
import { parsePlan } from '../../../src/restoring/read-plan.ts';
import { planTemplate, templateNames } from '../../../src/restoring/plan-templates.ts';

it.each(templateNames)('the template for %s is a plan, and has a comment on every line', (name) => {
  const text = planTemplate(name);
  for (const line of text.trimEnd().split('\n')) expect(line).toMatch(/(^|\s)# \S/);
  const plan = parsePlan(`${name}.yaml`, text);
  expect(plan.stop.length).toBeGreaterThan(0);
  expect(plan.database.restore.method).toBe(['kubernetes', 'quadlet'].includes(name) ? 'dump' : 'external');
});

import { runSteps, stepNames, stepNumber } from '../../src/domain/recovery-runs/run-steps.ts';
import { table } from './markdown.ts';

/** Lines of the table of the steps of a run. */
export function stepTable(): string[] {
  return table(
    ['#', 'Step', 'Purpose', 'Checked'],
    stepNames.map((name) => [String(stepNumber(name)), name, runSteps[name].about, runSteps[name].checked]),
  );
}

/** Lines of the table of what can fail in a run, and what to do. */
export function failureTable(): string[] {
  return table(
    ['Step', 'Signal', 'Action'],
    stepNames.flatMap((name) =>
      runSteps[name].failures.map(({ signal, action }) => [`${stepNumber(name)} ${name}`, signal, action]),
    ),
  );
}

/**
 * Puts lines between the marks of a page: `<!-- made from the step table: NAME -->` and `<!-- end of what is made -->`.
 *
 * @throws Error if the page does not have them
 */
export function withMade(page: string, name: string, lines: readonly string[]): string {
  const begin = `<!-- made from the step table: ${name} -->`;
  const end = '<!-- end of what is made -->';
  const from = page.indexOf(begin);
  const to = page.indexOf(end, from);
  if (from === -1 || to === -1) throw new Error(`the page has no place for the ${name}`);
  return `${page.slice(0, from + begin.length)}\n\n${lines.join('\n')}\n\n${page.slice(to)}`;
}

import { duration } from '../recovery/restore-report-markdown.ts';
import { outcomeText, type RecordedStep, type RunRecord } from './run-record.ts';
import { stepNumber } from './run-steps.ts';

/** Writes the record of a run for people, as Markdown for the file of an incident. */
export function runRecordMarkdown(record: RunRecord): string {
  const { backup, database, muster } = record;
  return [
    `# Restore run ${record.run}`,
    '',
    `- Plan: ${inline(record.plan)}`,
    `- Outcome: ${record.outcome}`,
    `- Operator: ${record.operators.map(inline).join(', ')}`,
    `- Reason: ${inline(record.reason)}`,
    `- Backup: ${backup === null ? 'none was chosen' : `${inline(backup.id ?? 'external')}, taken ${backup.takenAt}`}`,
    `- SHA-256: ${backup?.sha256 ?? 'none'}`,
    `- Database: ${inline(database.name)} at ${inline(database.server)}${database.replaced === null ? '' : `; what it replaced is kept as ${inline(database.replaced)}`}`,
    `- Restore: ${record.restore ?? 'none was declared'}`,
    '',
    '## Objectives',
    '',
    `- Lost at: ${record.lostAt}${record.lostAtGiven ? '' : ' (nobody said; the beginning of the run)'}`,
    `- Recovery point (lost at − taken at): ${outcomeText(record.recoveryPoint)}`,
    `- Recovery time (lost at → healthy): ${outcomeText(record.recoveryTime)}`,
    `- Muster: ${musterText(muster)}`,
    ...(record.forecast === null ? [] : ['', '## Forecast', '', '```text', record.forecast.trimEnd(), '```']),
    '',
    '## Steps',
    '',
    ...table(
      ['#', 'Step', 'State', 'Attempts', 'Begun', 'Took', 'Failures'],
      record.steps.map((step) => [
        String(stepNumber(step.name)),
        step.name,
        step.state,
        String(step.attempts),
        step.begunAt ?? '',
        took(step),
        step.failures.map(({ message }) => inline(message)).join('; '),
      ]),
    ),
    '## Commands',
    '',
    ...table(
      ['At', 'Step', 'Command', 'Exit code'],
      record.commands.map(({ at, step, command, code }) => [
        at,
        step,
        inline(command.join(' ')),
        code === null ? 'none' : String(code),
      ]),
    ),
    ...(Object.keys(record.contacts).length === 0
      ? []
      : [
          '## Contacts',
          '',
          ...Object.entries(record.contacts).map(([what, who]) => `- ${inline(what)}: ${inline(who)}`),
          '',
        ]),
  ].join('\n');
}

function musterText(muster: RunRecord['muster']): string {
  if (muster === null) return 'not begun';
  const { answered, total, objective, met, waited } = muster;
  const share = `${answered} of ${total} devices had answered when the run ended`;
  if (objective === null) return `${share}; without an objective`;
  const wanted = `${objective.percent} % within ${duration(objective.withinSeconds)}`;
  if (!waited) return `${share}; nobody waited for the objective (${wanted})`;
  return `${share}, ${met === true ? 'met' : 'missed'} (${wanted})`;
}

function took({ begunAt, endedAt }: RecordedStep): string {
  return begunAt === null || endedAt === null ? '' : duration((Date.parse(endedAt) - Date.parse(begunAt)) / 1_000);
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line), ''];
}

/** Text that may hold anything, on one line and without a meaning in Markdown. */
function inline(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_[\]<>#]/g, String.raw`\$&`);
}

import type { RestoreReport } from '../resources/restore-report.ts';

/** Most rows of a list in the readable form; the JSON has them all. */
const maxRows = 200;

/** Writes the record of a recovery for people, as Markdown for the file of an incident. */
export function restoreReportMarkdown(report: RestoreReport): string {
  const { spec, devices, recoveryPoint, recoveryTime } = report;
  const backup = spec.backup;
  return [
    `# Restore ${report.metadata.name}`,
    '',
    `- Declared: ${report.metadata.creationTimestamp} by ${inline(spec.declaredBy)}`,
    `- Reason: ${spec.reason === undefined ? 'not given' : inline(spec.reason)}`,
    `- Backup: ${backup?.artifact === undefined ? 'not named' : inline(backup.artifact)}`,
    `- SHA-256: ${backup?.sha256 ?? 'not given'}`,
    `- Phase: ${report.phase}${report.settledAt === null ? '' : ` (settled ${report.settledAt})`}`,
    '',
    '## Recovery point and time',
    '',
    `- The backup was taken ${recoveryPoint.takenAt ?? 'at an unknown time'}${recoveryPoint.ageSeconds === null ? '' : `, ${duration(recoveryPoint.ageSeconds)} before the restore was declared`}.`,
    ...table(
      ['Devices that had answered', 'After'],
      [
        ['50 %', time(recoveryTime.p50Seconds)],
        ['95 %', time(recoveryTime.p95Seconds)],
        ['99 %', time(recoveryTime.p99Seconds)],
        ['100 %', time(recoveryTime.p100Seconds)],
      ],
    ),
    '## Devices',
    ...table(
      ['Total', 'Awaiting', 'Answered', 'In sync', 'Behind', 'Paused', 'Resumed', 'Adopted'],
      [
        [
          devices.total,
          devices.awaitingReconnect,
          devices.answered,
          devices.inSync,
          devices.behind,
          devices.conflictPaused,
          devices.resumed,
          devices.adopted,
        ].map(String),
      ],
    ),
    `## Conflicts (${report.conflicts.length})`,
    ...section(
      'There were none.',
      ['Device', 'Verdict', 'Reported version', 'Found', 'Resolution', 'By', 'Why'],
      report.conflicts.map((conflict) => [
        conflict.device,
        conflict.verdict,
        conflict.reported?.renderedVersion ?? '',
        conflict.since,
        conflict.resolution === null ? 'open' : `${conflict.resolution} ${conflict.resolvedAt ?? ''}`,
        inline(conflict.resolvedBy ?? ''),
        inline(conflict.reason ?? ''),
      ]),
    ),
    ...lostSection(report.lost),
    `## Not come back (${report.absent.length})`,
    ...section(
      'Everybody has answered.',
      ['Device', 'Last heard of'],
      report.absent.map(({ device, lastSeen }) => [device, lastSeen ?? 'never']),
    ),
  ].join('\n');
}

/** Edits that the database did not know; nothing where no journal was kept. */
function lostSection(lost: RestoreReport['lost']): string[] {
  if (lost === undefined) return [];
  const replayed = lost.filter(({ replayedAt }) => replayedAt !== null).length;
  return [
    `## Lost and put back (${lost.length}, ${replayed})`,
    ...section(
      'No edit was lost that the journal knows of.',
      ['Resource', 'Change', 'By', 'At', 'Put back'],
      lost.map(({ kind, name, change, by, at, replayedAt, replayedBy }) => [
        `${kind} ${name}`,
        change,
        inline(by),
        at,
        replayedAt === null ? 'no' : `${replayedAt} by ${inline(replayedBy ?? '')}`,
      ]),
    ),
  ];
}

function section(none: string, head: string[], rows: string[][]): string[] {
  if (rows.length === 0) return ['', none, ''];
  const cut = rows.length > maxRows ? [`${rows.length - maxRows} more are in the JSON form of this report.`, ''] : [];
  return [...table(head, rows.slice(0, maxRows)), ...cut];
}

function table(head: string[], rows: string[][]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return ['', line(head), line(head.map(() => '---')), ...rows.map(line), ''];
}

/** Puts text from users on one line, with the bars of tables escaped. */
function inline(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');
}

function time(seconds: number | null): string {
  return seconds === null ? 'not yet' : duration(seconds);
}

/** Writes a time span for people: 0.4 s, 12 s, 3 min 20 s, 7 h 5 min, 2 d 3 h. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${Math.round(seconds * 10) / 10} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 86_400) return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`;
  return `${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3_600)} h`;
}

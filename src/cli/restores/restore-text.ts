import type { Restore } from '../../domain/resources/restore.ts';
import { duration } from '../../domain/recovery/restore-report-markdown.ts';
import { age } from '../../terminal/age.ts';
import { counted } from '../../terminal/counted.ts';
import { printable } from '../../terminal/printable.ts';

const barWidth = 30;

/** A restore for people: what was declared, how many devices stand where, and a bar of those that have answered. */
export function restoreText(restore: Restore, now: Date): string {
  const { metadata, spec, status } = restore;
  const { devices } = status;
  const lines: [string, string][] = [
    ['Restore', metadata.name],
    ['Phase', status.phase],
    ['Declared', `${metadata.creationTimestamp} (${age(metadata.creationTimestamp, now)} ago) by ${spec.declaredBy}`],
    ['Reason', spec.reason ?? 'not given'],
    ['Backup', backupText(restore)],
    ...journalLines(restore),
    ['Devices', String(devices.total)],
    ['  Awaiting reconnect', String(devices.awaitingReconnect)],
    ['  Answered', String(devices.answered)],
    ['    In sync', String(devices.inSync)],
    ['    Behind', String(devices.behind)],
    ['  Paused', String(devices.conflictPaused)],
    ['  Resumed', String(devices.resumed)],
    ['  Adopted', String(devices.adopted)],
    ['Had answered', reconnectText(restore)],
    ...(status.settledAt === null ? [] : [['Settled', status.settledAt] as [string, string]]),
  ];
  const width = Math.max(...lines.map(([title]) => title.length));
  return [...lines.map(([title, text]) => `${title.padEnd(width)}  ${printable(text)}`), barText(restore)].join('\n');
}

/** Lines about what the journal held; none if no journal was kept. */
function journalLines({ status: { journal } }: Restore): [string, string][] {
  if (journal === undefined) return [];
  const found = `${counted(journal.lostDocuments, 'edit')} and ${counted(journal.lostPositions, 'version')} lost`;
  return [['Journal', journal.problem === null ? found : `${found}; not read to its end: ${journal.problem}`]];
}

/** Text beside the bar of a restore. */
export function restoreRemark({ status }: Restore): string {
  const { conflictPaused, resumed, adopted } = status.devices;
  const parts = [`answered, ${conflictPaused} paused`];
  if (resumed > 0) parts.push(`${resumed} resumed`);
  if (adopted > 0) parts.push(`${adopted} adopted`);
  return `${parts.join(', ')}; ${status.phase}`;
}

/** Devices that had to answer, without those that were written off meanwhile. */
export function expectedAnswers({ status }: Restore): number {
  return status.devices.answered + status.devices.awaitingReconnect;
}

function barText(restore: Restore): string {
  const { answered } = restore.status.devices;
  const expected = expectedAnswers(restore);
  const share = expected === 0 ? 1 : answered / expected;
  // Rounded down, so that a full bar says that nobody is missing.
  const filled = Math.floor(share * barWidth);
  const bar = '#'.repeat(filled) + '-'.repeat(barWidth - filled);
  return `[${bar}] ${Math.floor(share * 100)} % ${answered}/${expected} ${restoreRemark(restore)}`;
}

function backupText({ metadata, spec: { backup } }: Restore): string {
  if (backup === undefined) return 'not named';
  const parts = [backup.artifact ?? 'not named'];
  if (backup.sha256 !== undefined) parts.push(`sha256 ${backup.sha256}`);
  if (backup.takenAt !== undefined) {
    const seconds = (Date.parse(metadata.creationTimestamp) - Date.parse(backup.takenAt)) / 1000;
    parts.push(`taken ${backup.takenAt}${seconds >= 0 ? `, ${duration(seconds)} before the restore` : ''}`);
  }
  return parts.join(', ');
}

function reconnectText({ status: { reconnect } }: Restore): string {
  const shares: [string, number | null][] = [
    ['50 %', reconnect.p50Seconds],
    ['95 %', reconnect.p95Seconds],
    ['99 %', reconnect.p99Seconds],
  ];
  return shares
    .map(([share, seconds]) => `${share} ${seconds === null ? 'not yet' : `after ${duration(seconds)}`}`)
    .join(', ');
}

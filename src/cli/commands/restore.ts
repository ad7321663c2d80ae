import { Command } from 'commander';
import { restoreDeclareCommand } from './restore-declare.ts';
import { restoreLostCommand } from './restore-lost.ts';
import { restoreReplayCommand } from './restore-replay.ts';
import { restoreReportCommand } from './restore-report.ts';
import { restoreStatusCommand } from './restore-status.ts';
import { restorePlanCommand } from './restore-plan.ts';
import { restoreRunCommand } from './restore-run.ts';
import { restoreDescribeCommand } from './restore-describe.ts';
import { restoreLogsCommand } from './restore-logs.ts';
import { restoreRecordCommand } from './restore-record.ts';
import { restoreAbandonCommand } from './restore-abandon.ts';
import { addExamples } from '../examples.ts';

/** `muster restore`: carrying a restore out, declaring it, and following its muster. */
export function restoreCommand(): Command {
  const command = new Command('restore')
    .description('restore the database by a plan, declare that it holds a backup, and follow the muster')
    .addCommand(restorePlanCommand())
    .addCommand(restoreRunCommand())
    .addCommand(restoreDescribeCommand())
    .addCommand(restoreLogsCommand())
    .addCommand(restoreRecordCommand())
    .addCommand(restoreAbandonCommand())
    .addCommand(restoreDeclareCommand())
    .addCommand(restoreStatusCommand())
    .addCommand(restoreReportCommand())
    .addCommand(restoreLostCommand())
    .addCommand(restoreReplayCommand());
  return addExamples(command, [
    { line: 'muster restore run plan.yaml --reason "INC-4211: lost primary"' },
    { line: 'muster restore declare --reason "INC-4211: lost primary" --wait' },
    { line: 'muster restore status --watch' },
    { line: 'muster restore report > recovery.md' },
  ]);
}

import { Command } from 'commander';
import { restoreDeclareCommand } from './restore-declare.ts';
import { restoreLostCommand } from './restore-lost.ts';
import { restoreReplayCommand } from './restore-replay.ts';
import { restoreReportCommand } from './restore-report.ts';
import { restoreStatusCommand } from './restore-status.ts';
import { addExamples } from '../examples.ts';

/** `muster restore`: declaring a restore and following its muster. */
export function restoreCommand(): Command {
  const command = new Command('restore')
    .description('declare that the database holds a backup, and follow the muster')
    .addCommand(restoreDeclareCommand())
    .addCommand(restoreStatusCommand())
    .addCommand(restoreReportCommand())
    .addCommand(restoreLostCommand())
    .addCommand(restoreReplayCommand());
  return addExamples(command, [
    { line: 'muster restore declare --reason "INC-4211: lost primary" --wait' },
    { line: 'muster restore status --watch' },
    { line: 'muster restore report > recovery.md' },
  ]);
}

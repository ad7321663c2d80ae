import { Command, InvalidArgumentError, Option } from 'commander';
import { examineBackups } from '../../domain/backups/backup-findings.ts';
import { exitCodes } from '../../client/failures.ts';
import { printable } from '../../terminal/printable.ts';
import { print } from '../../terminal/terminal.ts';
import { openBackups, withCatalogue } from '../backups/backup-options.ts';
import { addExamples } from '../examples.ts';
import { lifetimeSeconds, wholeNumber } from '../option-values.ts';

type Options = {
  readonly at?: string;
  readonly oldest: number;
  readonly copies: number;
  readonly used: number;
};

/** `muster backup check` */
export function backupCheckCommand(): Command {
  const command = new Command('check')
    .description('check that the backups would serve a restore now: one line each, OK or FAILED')
    .option('--at <directory>', 'directory of the backups (MUSTER_BACKUPS)')
    .addOption(
      new Option('--oldest <age>', 'greatest age of the newest verified backup')
        .argParser(lifetimeSeconds)
        .default(48 * 3_600, '48h'),
    )
    .option('--copies <count>', 'verified backups that there should be', wholeNumber, 2)
    .option('--used <percent>', "greatest share of the disk's space in use", percent, 80)
    .action(check);
  command.addHelpText(
    'after',
    '\nExits 1 if a line says FAILED. It does not read the backups: muster backup verify does.',
  );
  return addExamples(command, [
    { line: 'muster backup check --at /backups/muster' },
    { line: 'muster backup check --at /backups/muster --oldest 26h --copies 7' },
  ]);
}

function percent(text: string): number {
  const value = wholeNumber(text);
  if (value <= 100) return value;
  throw new InvalidArgumentError('Expected 0 to 100.');
}

async function check({ at, oldest, copies, used }: Options): Promise<void> {
  const { catalogue, clock } = await openBackups('--at', at);
  const state = await withCatalogue(catalogue, () => catalogue.state());
  const findings = examineBackups(state, { oldestMs: oldest * 1_000, copies, used: used / 100 }, clock.now());
  for (const { what, ok, found } of findings)
    print(`${ok ? 'OK    ' : 'FAILED'} ${what.padEnd(12)} ${printable(found)}`);
  if (findings.some(({ ok }) => !ok)) process.exitCode = exitCodes.error;
}

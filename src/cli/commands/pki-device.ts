import { Command } from 'commander';
import { addExamples } from '../examples.ts';
import { deviceNames } from '../targets.ts';
import { daysOption } from '../option-values.ts';
import { CliError } from '../../client/failures.ts';
import { TrialAuthority, validFor } from '../pki/trial-authority.ts';
import { identityFiles, readIdentity, requireNone, trialPaths, writeNewFiles } from '../pki/trial-files.ts';
import { print } from '../../terminal/terminal.ts';

type Options = { readonly dir: string; readonly days: number };

/** `muster pki device` */
export function pkiDeviceCommand(): Command {
  const command = new Command('device')
    .description('issue devices certificates, with the authority that `muster pki init` made')
    .argument('<name...>', 'names of the devices')
    .option('--dir <directory>', 'where the authority is', 'pki')
    .addOption(daysOption('--days <count>', 'for how long a certificate is valid', 365))
    .action(issue);
  command.addHelpText(
    'after',
    '\nA certificate named client-enrollment, or client-enrollment-… , is for devices that have no name yet: with it they may\nask to be taken in, and nothing else.',
  );
  return addExamples(command, [
    { line: 'muster pki device gateway-0017' },
    { line: 'muster pki device sim-00000{1..5} --days 2' },
  ]);
}

async function issue(names: readonly string[], { dir, days }: Options): Promise<void> {
  const paths = trialPaths(dir);
  const devices = deviceNames(names).map((name) => ({ name, paths: paths.device(name) }));
  const identity = await readIdentity(paths.authority, 'muster pki init makes a certificate authority');
  const authority = await TrialAuthority.open(identity).catch((error: unknown) => {
    throw new CliError(
      `${paths.authority.certificate} and ${paths.authority.key} are no certificate authority that can be used`,
      undefined,
      { cause: error },
    );
  });
  await requireNone(devices.flatMap(({ paths }) => [paths.certificate, paths.key]));
  for (const { name, paths } of devices) {
    await writeNewFiles(identityFiles(paths, await authority.issueDevice(name, validFor(days))));
    print(`${paths.certificate} ${paths.key}`);
  }
}

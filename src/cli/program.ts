import { Command } from 'commander';
import { version } from '../version.ts';
import { adoptCommand } from './commands/adopt.ts';
import { applyCommand } from './commands/apply.ts';
import { approveCommand } from './commands/approve.ts';
import { backupCommand } from './commands/backup.ts';
import { completionCommand } from './commands/completion.ts';
import { decommissionCommand } from './commands/decommission.ts';
import { deleteCommand } from './commands/delete.ts';
import { demoCommand } from './commands/demo.ts';
import { denyCommand } from './commands/deny.ts';
import { diffCommand } from './commands/diff.ts';
import { doctorCommand } from './commands/doctor.ts';
import { forecastCommand } from './commands/forecast.ts';
import { getCommand } from './commands/get.ts';
import { loginCommand } from './commands/login.ts';
import { logoutCommand } from './commands/logout.ts';
import { pkiCommand } from './commands/pki.ts';
import { restoreCommand } from './commands/restore.ts';
import { resumeCommand } from './commands/resume.ts';
import { serveCommand } from './commands/serve.ts';
import { simulateCommand } from './commands/simulate.ts';
import { tokenCommand } from './commands/token.ts';
import { versionCommand } from './commands/version.ts';
import { whoamiCommand } from './commands/whoami.ts';
import { addConnectionOptions } from './connection.ts';
import { addExamples } from './examples.ts';

/** The whole command line. The reference and the completion scripts are made from it. */
export function buildProgram(): Command {
  const program = new Command('muster')
    .description('Muster: every device answers before anything changes.')
    .version(version, '-V, --version', 'print the version of this program')
    .helpOption('-h, --help', 'show help')
    .addHelpCommand(helpCommand().helpGroup('Other:'))
    .configureHelp({ showGlobalOptions: true })
    .exitOverride();
  addConnectionOptions(program);
  const groups = {
    'Service:': [serveCommand(), doctorCommand(), demoCommand(), simulateCommand()],
    'Recovery:': [backupCommand(), forecastCommand(), restoreCommand(), diffCommand(), resumeCommand(), adoptCommand()],
    'Resources:': [
      getCommand(),
      applyCommand(),
      approveCommand(),
      denyCommand(),
      deleteCommand(),
      decommissionCommand(),
    ],
    'Credentials:': [loginCommand(), logoutCommand(), whoamiCommand(), tokenCommand(), pkiCommand()],
    'Other:': [completionCommand(), versionCommand()],
  };
  for (const [group, commands] of Object.entries(groups)) {
    for (const command of commands) program.addCommand(command.helpGroup(group));
  }
  settle(program, 'muster');
  return addExamples(program, [
    { line: 'muster serve' },
    { line: 'muster restore declare --reason "INC-4211: lost primary"' },
    { line: 'muster get devices --field-selector status.summary.status=ConflictPaused' },
    { line: 'muster resume device gateway-0017' },
  ]);
}

function helpCommand(): Command {
  return new Command('help').argument('[command]').description('show help for a command');
}

/** Gives commands that were made on their own what they do not inherit from their parent: exits, help, and where to look it up. */
function settle(command: Command, path: string): void {
  command.showHelpAfterError(`Run '${path} --help' for usage.`);
  for (const subcommand of command.commands) {
    subcommand.copyInheritedSettings(command);
    if (subcommand.commands.length > 0) subcommand.addHelpCommand(helpCommand());
    settle(subcommand, `${path} ${subcommand.name()}`);
  }
}

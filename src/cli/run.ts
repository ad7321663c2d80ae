import { CommanderError, type Command } from 'commander';
import { CliError, exitCodes, UsageError, type ExitCode } from '../client/failures.ts';
import { buildProgram } from './program.ts';
import { note } from '../terminal/terminal.ts';

/**
 * Runs a command line to its end.
 *
 * @param words as a shell gives them, without the program
 * @throws errors that are not expected
 */
export async function run(words: readonly string[]): Promise<ExitCode> {
  const program = buildProgram();
  let current: Command = program;
  program.hook('preAction', (_program, actionCommand) => {
    current = actionCommand;
  });
  try {
    await program.parseAsync(words, { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    return explain(error, current);
  }
}

/** Says what went wrong as far as that was not said yet. */
function explain(error: unknown, command: Command): ExitCode {
  // Commander has written its message already; with exit code 0 it was asked for help or the version.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  if (error instanceof CliError) {
    note(`error: ${error.message}`);
    if (error instanceof UsageError) note(`Run '${pathOf(command)} --help' for usage.`);
    return error.exitCode;
  }
  if (isRefusedBySystem(error)) {
    note(`error: ${error.message}`);
    return exitCodes.error;
  }
  throw error;
}

/** True for errors of the operating system, such as a port that is taken or a file that is missing. Their message is enough without a stack. */
function isRefusedBySystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

import type { Command, Option } from 'commander';

export type CompletedOption = {
  /** As it is typed: `-o`, `--output`. */
  readonly flags: readonly string[];
  readonly about: string;
  readonly takesValue: boolean;
  /** Possible values, where that is a short list. */
  readonly choices: readonly string[];
};

/** A command as far as a shell needs to know it to complete a line. */
export type CompletedCommand = {
  /** With those it stands under: `muster restore status`. */
  readonly path: string;
  readonly subcommands: readonly { readonly name: string; readonly about: string }[];
  readonly options: readonly CompletedOption[];
  /** Possible values of its first argument. */
  readonly words: readonly string[];
};

const argumentWords = new WeakMap<Command, readonly string[]>();

/** Tells the shells what the first argument of a command can be. */
export function suggestWords(command: Command, words: readonly string[]): Command {
  argumentWords.set(command, words);
  return command;
}

/** Every visible command of a program, those above before those under them. */
export function completedCommands(command: Command, above = ''): CompletedCommand[] {
  const help = command.createHelp();
  help.showGlobalOptions = true;
  const path = `${above} ${command.name()}`.trim();
  const subcommands = help.visibleCommands(command);
  const completed: CompletedCommand = {
    path,
    subcommands: subcommands.map((subcommand) => ({ name: subcommand.name(), about: subcommand.description() })),
    options: [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)].map(completedOption),
    words: argumentWords.get(command) ?? [],
  };
  const own = subcommands.filter((subcommand) => command.commands.includes(subcommand));
  return [completed, ...own.flatMap((subcommand) => completedCommands(subcommand, path))];
}

function completedOption({ short, long, description, required, optional, argChoices }: Option): CompletedOption {
  return {
    flags: [short, long].filter((flag) => flag !== undefined),
    about: description,
    takesValue: required || optional,
    choices: argChoices ?? [],
  };
}

/** `PATH WORD` of every word that leads from a command to one under it. */
export function steps(commands: readonly CompletedCommand[]): string[] {
  const paths = new Set(commands.map(({ path }) => path));
  return commands.flatMap(({ path, subcommands }) =>
    subcommands.map(({ name }) => `${path} ${name}`).filter((step) => paths.has(step)),
  );
}

/** `PATH FLAG` of every option that takes the word after it. */
export function valueFlags(commands: readonly CompletedCommand[]): string[] {
  return commands.flatMap(({ path, options }) =>
    options.filter(({ takesValue }) => takesValue).flatMap(({ flags }) => flags.map((flag) => `${path} ${flag}`)),
  );
}

/** Choices of each option that has some, by the words that lead to it. */
export function choicesOf(commands: readonly CompletedCommand[]): [string, readonly string[]][] {
  return commands.flatMap(({ path, options }) =>
    options
      .filter(({ choices }) => choices.length > 0)
      .flatMap(({ flags, choices }) => flags.map((flag): [string, readonly string[]] => [`${path} ${flag}`, choices])),
  );
}

/** A text as one word of bash or zsh. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

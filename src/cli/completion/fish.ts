import { steps, valueFlags, type CompletedCommand, type CompletedOption } from './command-tree.ts';

/** A completion script for fish. */
export function fishCompletion(program: string, commands: readonly CompletedCommand[]): string {
  return `# fish completion for ${program}; load it with: ${program} completion fish | source

# Succeeds if the words so far have led to this command.
function __${program}_at
    set -l at ${program}
    set -l skip 0
    set -l tokens (commandline -opc)
    for word in $tokens[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        switch "$at $word"
            case ${steps(commands).map(quoted).join(' ')}
                set at "$at $word"
            case ${valueFlags(commands).map(quoted).join(' ')}
                set skip 1
        end
    end
    test "$at" = "$argv[1]"
end

complete -c ${program} -e
${commands.flatMap((command) => linesOf(program, command)).join('\n')}
`;
}

function linesOf(program: string, { path, subcommands, words, options }: CompletedCommand): string[] {
  const here = `complete -c ${program} -n ${quoted(`__${program}_at ${quoted(path)}`)}`;
  return [
    ...subcommands.map(({ name, about }) => `${here} -f -a ${name} -d ${quoted(about)}`),
    ...(words.length === 0 ? [] : [`${here} -f -a ${quoted(words.join(' '))}`]),
    ...options.map((option) => `${here} ${optionOf(option)} -d ${quoted(option.about)}`),
  ];
}

function optionOf({ flags, takesValue, choices }: CompletedOption): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  if (!takesValue) return names.join(' ');
  return [...names, choices.length === 0 ? '-r' : `-x -a ${quoted(choices.join(' '))}`].join(' ');
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}

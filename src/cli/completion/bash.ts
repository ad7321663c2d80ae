import { choicesOf, quoted, steps, valueFlags, type CompletedCommand } from './command-tree.ts';

/** A completion script for bash 4 or newer. Where it has nothing to offer, bash completes file names. */
export function bashCompletion(program: string, commands: readonly CompletedCommand[]): string {
  return `# bash completion for ${program}; load it with: source <(${program} completion bash)

# Prints the command that the words so far have led to.
_${program}_at() {
  local at=${program} skip=0 word
  for word in "$@"; do
    if [[ $word == '=' ]]; then skip=1; continue; fi
    if ((skip)); then skip=0; continue; fi
    case "$at $word" in
${caseLine(steps(commands), 'at="$at $word"')}
${caseLine(valueFlags(commands), 'skip=1')}
    esac
  done
  printf '%s' "$at"
}

# Prints the words that can come next in a command.
_${program}_words() {
  case $1 in
${commands.map((command) => caseLine([command.path], `printf '%s' ${quoted(wordsOf(command).join(' '))}`)).join('\n')}
  esac
}

# Prints the options of a command.
_${program}_options() {
  case $1 in
${commands.map((command) => caseLine([command.path], `printf '%s' ${quoted(flagsOf(command).join(' '))}`)).join('\n')}
  esac
}

# Prints what an option of a command can be; fails if the option takes no value.
_${program}_values() {
  case "$1 $2" in
${choicesOf(commands)
  .map(([step, choices]) => caseLine([step], `printf '%s' ${quoted(choices.join(' '))}`))
  .join('\n')}
${caseLine(valueFlags(commands), ':')}
    *) return 1 ;;
  esac
}

_${program}() {
  local current=\${COMP_WORDS[COMP_CWORD]} flag=\${COMP_WORDS[COMP_CWORD - 1]} at words
  # bash takes --output=json for three words.
  if [[ $current == '=' ]]; then current=''; elif [[ $flag == '=' ]]; then flag=\${COMP_WORDS[COMP_CWORD - 2]}; fi
  at=$(_${program}_at "\${COMP_WORDS[@]:1:COMP_CWORD-1}")
  if ! words=$(_${program}_values "$at" "$flag"); then
    words=$(_${program}_words "$at")
    if [[ $current == -* || -z $words ]]; then words=$(_${program}_options "$at"); fi
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}

complete -o default -F _${program} ${program}
`;
}

function wordsOf({ subcommands, words }: CompletedCommand): string[] {
  return [...subcommands.map(({ name }) => name), ...words];
}

function flagsOf({ options }: CompletedCommand): string[] {
  return options.flatMap(({ flags }) => flags);
}

function caseLine(patterns: readonly string[], action: string): string {
  return `    ${patterns.map(quoted).join(' | ')}) ${action} ;;`;
}

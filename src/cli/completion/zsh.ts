import { choicesOf, quoted, steps, valueFlags, type CompletedCommand } from './command-tree.ts';

/** A completion script for zsh. Where it has nothing to offer, it completes file names. */
export function zshCompletion(program: string, commands: readonly CompletedCommand[]): string {
  return `#compdef ${program}
# zsh completion for ${program}; load it with: source <(${program} completion zsh)
# or save it as _${program} in a directory of $fpath.

_${program}() {
  local at=${program} skip=0 word flag=\${words[CURRENT-1]} 
  local -a described
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if ((skip)); then skip=0; continue; fi
    case "$at $word" in
${caseLine(steps(commands), 'at="$at $word"')}
${caseLine(valueFlags(commands), 'skip=1')}
    esac
  done
  # --output=json is one word.
  if [[ \${words[CURRENT]} == --*=* ]]; then
    flag=\${words[CURRENT]%%=*}
    compset -P '*='
  fi
  case "$at $flag" in
${choicesOf(commands)
  .map(([step, choices]) => caseLine([step], `compadd -- ${choices.map(quoted).join(' ')}; return`))
  .join('\n')}
${caseLine(valueFlags(commands), '_files; return')}
  esac
  if [[ $PREFIX != -* ]]; then
    case $at in
${commands.map((command) => `    ${quoted(command.path)}) described=(${describedWords(command).map(quoted).join(' ')}) ;;`).join('\n')}
    esac
  fi
  if (( ! $#described )); then
    case $at in
${commands.map((command) => `    ${quoted(command.path)}) described=(${describedFlags(command).map(quoted).join(' ')}) ;;`).join('\n')}
    esac
  fi
  _describe -t commands ${program} described || _files
}

if [[ \${funcstack[1]} == _${program} ]]; then
  _${program} "$@"
else
  compdef _${program} ${program}
fi
`;
}

function describedWords({ subcommands, words }: CompletedCommand): string[] {
  return [...subcommands.map(({ name, about }) => described(name, about)), ...words];
}

function describedFlags({ options }: CompletedCommand): string[] {
  return options.flatMap(({ flags, about }) => flags.map((flag) => described(flag, about)));
}

/** A colon parts a word from what is said of it. */
function described(word: string, about: string): string {
  return `${word.replaceAll(':', String.raw`\:`)}:${about}`;
}

function caseLine(patterns: readonly string[], action: string): string {
  return `    ${patterns.map((pattern) => `(${quoted(pattern)})`).join('|')}) ${action} ;;`;
}

import { Argument, Command } from 'commander';
import { bashCompletion } from '../completion/bash.ts';
import { completedCommands, suggestWords } from '../completion/command-tree.ts';
import { fishCompletion } from '../completion/fish.ts';
import { zshCompletion } from '../completion/zsh.ts';
import { addExamples } from '../examples.ts';
import { print } from '../../terminal/terminal.ts';

const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;
const shells = ['bash', 'zsh', 'fish'] as const;

type Shell = (typeof shells)[number];

/** `muster completion`. The scripts are made from the program that the command stands in. */
export function completionCommand(): Command {
  const command = new Command('completion')
    .description('print a script by which a shell completes muster command lines')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .action((shell: Shell, _options: unknown, self: Command) => {
      const program = self.parent ?? self;
      print(scripts[shell](program.name(), completedCommands(program)).trimEnd());
    });
  return addExamples(suggestWords(command, shells), [
    { line: 'source <(muster completion bash)', about: 'in ~/.bashrc' },
    { line: 'source <(muster completion zsh)', about: 'in ~/.zshrc, after compinit' },
    { line: 'muster completion fish > ~/.config/fish/completions/muster.fish' },
  ]);
}

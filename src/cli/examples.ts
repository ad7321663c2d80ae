import type { Command } from 'commander';

type Example = { readonly line: string; readonly about?: string };

/** Adds the section of examples with which every command's help ends. */
export function addExamples(command: Command, examples: readonly Example[]): Command {
  const lines = examples.flatMap(({ line, about }) => [
    `  $ ${line}`,
    ...(about === undefined ? [] : [`      ${about}`]),
  ]);
  return command.addHelpText('after', ['', 'Examples:', ...lines].join('\n'));
}

import type { Command } from 'commander';
import { UsageError } from '../client/failures.ts';

export type SelectorOptions = { readonly selector?: string; readonly fieldSelector?: string };

export type Selectors = { readonly labelSelector?: string; readonly fieldSelector?: string };

/** At least one selector, which an action needs. */
export type SomeSelectors =
  | (Selectors & { readonly labelSelector: string })
  | (Selectors & { readonly fieldSelector: string });

/** Adds `-l` and `--field-selector`, spelled as kubectl and flightctl spell them. */
export function addSelectorOptions(command: Command): Command {
  return command
    .option('-l, --selector <labels>', "choose by labels: 'site=north,tier in (edge,core),!spare'")
    .option('--field-selector <fields>', "choose by fields: 'status.summary.status=ConflictPaused'");
}

export function selectorsOf({ selector, fieldSelector }: SelectorOptions): Selectors {
  return {
    ...(selector === undefined ? {} : { labelSelector: selector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
  };
}

/**
 * The selectors of an action; undefined if none is given. A blank one never means everything there (design.md, S8).
 *
 * @throws UsageError for a blank one
 */
export function actionSelectorsOf({ selector, fieldSelector }: SelectorOptions): SomeSelectors | undefined {
  for (const [flag, text] of [
    ['--selector', selector],
    ['--field-selector', fieldSelector],
  ] as const) {
    if (text?.trim() === '') throw new UsageError(`${flag} is blank, which does not mean "all": say --all for that`);
  }
  if (selector === undefined) return fieldSelector === undefined ? undefined : { fieldSelector };
  return { labelSelector: selector, ...(fieldSelector === undefined ? {} : { fieldSelector }) };
}

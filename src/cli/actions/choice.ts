import { UsageError } from '../../client/failures.ts';
import { deviceKind } from '../resources/device-kind.ts';
import { actionSelectorsOf, type SelectorOptions, type SomeSelectors } from '../selector-options.ts';
import { parseTarget } from '../targets.ts';

export type ChoiceOptions = SelectorOptions & { readonly all?: true };

/** Paused devices that a person decides about. */
export type Choice = {
  /** The one device that was named; undefined for a choice in bulk. */
  readonly name: string | undefined;
  readonly selectors: SomeSelectors;
};

/** Selects every device. This very text, apostrophes included, is what the command line of Flight Control sends. */
const everyDevice = "metadata.name!=''";

/**
 * Reads which devices an action is about. `--all` excludes selectors, a name excludes both, and to give none of them is an error: an
 * action never means "all" by accident.
 *
 * @throws UsageError for what breaks these rules
 */
export function readChoice(words: readonly string[], options: ChoiceOptions): Choice {
  const { names } = parseTarget(words, [deviceKind]);
  const selectors = actionSelectorsOf(options);
  const [name, ...others] = names;
  if (others.length > 0) {
    throw new UsageError(`expected one name; for several say --field-selector 'metadata.name in (${names.join(',')})'`);
  }
  if (name !== undefined) {
    if (options.all === true || selectors !== undefined) throw new UsageError('a name excludes --all and selectors');
    return { name, selectors: { fieldSelector: `metadata.name=${name}` } };
  }
  if (options.all === true) {
    if (selectors !== undefined) throw new UsageError('--all excludes --selector and --field-selector');
    return { name, selectors: { fieldSelector: everyDevice } };
  }
  if (selectors === undefined) throw new UsageError('expected the name of a device, a selector, or --all');
  return { name, selectors };
}

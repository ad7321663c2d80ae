import { badRequest } from '../errors.ts';
import type { FieldCatalogue } from './field-catalogue.ts';
import { parseFieldSelector, type FieldSelector } from './field-selector.ts';
import { parseLabelSelector, type LabelSelector } from './label-selector.ts';
import type { SelectorName } from './selector-text.ts';

/** The selectors of an action: what it acts on satisfies both. One that was not given has no requirements. */
export interface ActionSelectors {
  readonly labelSelector: LabelSelector;
  readonly fieldSelector: FieldSelector;
}

/**
 * The text of a selector that an action cannot do without.
 * @throws MusterError 400 if it is absent, empty or blank: in an action that never means "all" (design.md, S8).
 */
function requireForAction(text: string | null | undefined, which: SelectorName): string {
  // Wider than what the grammar skips: a text of other blanks looks as empty to who sent it.
  if (text === null || text === undefined || text.trim() === '') {
    throw badRequest(
      `${which}: expected a selector, found none: an empty or blank one does not mean "all" in an action`,
    );
  }
  return text;
}

/**
 * Parses the selectors of an action. At least one must be given, and none that is given may be empty or blank.
 * @throws MusterError 400 otherwise, and for one that does not parse.
 */
export function parseActionSelectors(
  given: { readonly labelSelector?: string | null | undefined; readonly fieldSelector?: string | null | undefined },
  fields: FieldCatalogue,
): ActionSelectors {
  const { labelSelector: labels, fieldSelector: byField } = given;
  const none = { requirements: [] };
  if (isAbsent(labels) && isAbsent(byField)) {
    throw badRequest(
      'expected a labelSelector or a fieldSelector, found neither: an action on all devices must say so',
    );
  }
  return {
    labelSelector: isAbsent(labels) ? none : parseLabelSelector(requireForAction(labels, 'labelSelector')),
    fieldSelector: isAbsent(byField) ? none : parseFieldSelector(requireForAction(byField, 'fieldSelector'), fields),
  };
}

const isAbsent = (text: string | null | undefined): text is null | undefined => text === null || text === undefined;

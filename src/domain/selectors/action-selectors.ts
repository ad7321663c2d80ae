import { badRequest } from '../errors.ts';
import type { FieldCatalogue } from './field-catalogue.ts';
import { parseFieldSelector, type FieldSelector } from './field-selector.ts';
import { parseLabelSelector, type LabelSelector } from './label-selector.ts';
import type { SelectorName } from './selector-text.ts';

/** The selectors of an action. It acts on devices that satisfy both. A selector that was not given has no requirements. */
export interface ActionSelectors {
  readonly labelSelector: LabelSelector;
  readonly fieldSelector: FieldSelector;
}

/**
 * Requires the text of a selector in an action.
 * @throws MusterError 400 if it is absent, empty or blank: in an action a blank selector never means "all" (design.md, S8).
 */
function requireForAction(text: string | null | undefined, which: SelectorName): string {
  // Trims more kinds of blanks than the grammar skips: such a text looks empty to its sender too.
  if (text === null || text === undefined || text.trim() === '') {
    throw badRequest(
      `${which}: expected a selector, found none: an empty or blank one does not mean "all" in an action`,
    );
  }
  return text;
}

/**
 * Parses the selectors of an action. At least one must be given, and a given one may not be empty or blank.
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

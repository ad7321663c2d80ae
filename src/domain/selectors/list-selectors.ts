import type { FieldCatalogue } from './field-catalogue.ts';
import { parseFieldSelector, type FieldSelector } from './field-selector.ts';
import { parseLabelSelector, type LabelSelector } from './label-selector.ts';

/** The selectors of a list as they came. */
export type GivenSelectors = {
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
};

/** The selectors of a list: what is listed satisfies both. */
export type ListSelectors = { readonly labelSelector: LabelSelector; readonly fieldSelector: FieldSelector };

/**
 * Parses the selectors of a list. One that is absent, empty or blank selects everything; in an action it would be
 * refused (see `parseActionSelectors`).
 *
 * @throws MusterError 400 for one that does not parse
 */
export function parseListSelectors(
  { labelSelector = '', fieldSelector = '' }: GivenSelectors,
  fields: FieldCatalogue,
): ListSelectors {
  return {
    labelSelector: parseLabelSelector(labelSelector),
    fieldSelector: parseFieldSelector(fieldSelector, fields),
  };
}

/** Whether a list has everything on it: only then is it worth counting what is left, as in Kubernetes. */
export function selectsEverything({ labelSelector, fieldSelector }: ListSelectors): boolean {
  return labelSelector.requirements.length === 0 && fieldSelector.requirements.length === 0;
}

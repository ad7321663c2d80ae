import type { FieldCatalogue } from './field-catalogue.ts';
import { parseFieldSelector, type FieldSelector } from './field-selector.ts';
import { parseLabelSelector, type LabelSelector } from './label-selector.ts';

/** The selectors of a list as the request has them. */
export type GivenSelectors = {
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
};

/** The selectors of a list. Listed items satisfy both. */
export type ListSelectors = { readonly labelSelector: LabelSelector; readonly fieldSelector: FieldSelector };

/**
 * Parses the selectors of a list. An absent, empty or blank one selects everything; an action refuses it (see
 * `parseActionSelectors`).
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

/** True if a list has no filter: only then are the remaining items counted, as in Kubernetes. */
export function selectsEverything({ labelSelector, fieldSelector }: ListSelectors): boolean {
  return labelSelector.requirements.length === 0 && fieldSelector.requirements.length === 0;
}

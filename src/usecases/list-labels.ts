import { deviceSelection } from '../db/device-selection.ts';
import { listDeviceLabels } from '../db/device-store.ts';
import { parseListSelectors, type GivenSelectors } from '../domain/selectors/list-selectors.ts';
import { deviceFields } from '../domain/selectors/resource-fields.ts';
import { inView, type ViewDeps } from './steps/in-restore.ts';

/**
 * The distinct labels of the devices that match, as `key=value`, sorted.
 *
 * @throws MusterError 400 for a selector that does not parse
 */
export async function listLabels(
  deps: ViewDeps,
  given: GivenSelectors,
  { limit }: { limit: number },
): Promise<string[]> {
  const selectors = parseListSelectors(given, deviceFields);
  return await inView(deps, async (tx, view) => {
    return await listDeviceLabels(tx, { where: deviceSelection(selectors, view), limit });
  });
}

import { deviceSelection } from '../db/device-selection.ts';
import { summariseDevices as countStates } from '../db/device-summary.ts';
import type { DevicesSummary } from '../domain/resources/devices-summary.ts';
import { parseListSelectors, type GivenSelectors } from '../domain/selectors/list-selectors.ts';
import { deviceFields } from '../domain/selectors/resource-fields.ts';
import { inView, type ViewDeps } from './steps/in-restore.ts';

/**
 * Counts the devices that match by their states.
 *
 * @throws MusterError 400 for a selector that does not parse
 */
export async function summariseDevices(deps: ViewDeps, given: GivenSelectors): Promise<DevicesSummary> {
  const selectors = parseListSelectors(given, deviceFields);
  return await inView(deps, async (tx, view) => {
    return await countStates(tx, deviceSelection(selectors, view), view);
  });
}

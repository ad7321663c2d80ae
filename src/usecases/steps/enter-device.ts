import type { Executor } from '../../db/client.ts';
import { insertDevice } from '../../db/device-writes.ts';
import { appendEvents } from '../../db/event-log.ts';
import { holdFleets } from '../../db/fleet-lock.ts';
import { listFleetRules } from '../../db/fleet-store.ts';
import { forgetUnknownDevice, versionClaimedUnknown } from '../../db/unknown-device-store.ts';
import type { DesiredDevice } from '../../domain/devices/device-edit.ts';
import type { JsonObject } from '../../domain/json.ts';
import { decideOwnership, matchEvents, unowned } from '../../domain/fleets/ownership.ts';
import { createdEvent } from '../../domain/resource-events.ts';
import { rolledOut, rolloutProblemEvents } from '../../domain/fleets/template-rollout.ts';
import type { TemplateRenderer } from '../../domain/templates/template-renderer.ts';
import { countNewDevice } from './count-devices.ts';
import { rollOutTemplate } from '../roll-out-template.ts';
import type { Origin } from '../../domain/event.ts';
import type { At } from './in-restore.ts';

const newTarget = {
  owner: null,
  specAdopted: false,
  templateGeneration: null,
  rolloutProblem: null,
  mustered: true,
} as const;

/** A device that enters the inventory. */
type EnteringDevice = DesiredDevice & {
  readonly name: string;
  /** Its lifecycle status; null to show what the device says. */
  readonly lifecycle: 'Enrolled' | null;
  /**
   * It may run a spec already, so it must answer the current restore before anything is rendered for it. Where this is
   * not said, that holds for a device that claimed a version while it was not known.
   */
  readonly awaited?: boolean;
  /** Content of its event, where that is more than that it was created. */
  readonly told?: { readonly message: string; readonly details: JsonObject };
};

/**
 * Puts a device into the inventory, in the transaction of whatever makes it enter: with the fleet that selects it and the
 * template of that fleet, its event, and its place in the count of the current restore. That restore must be held, and no device locked.
 *
 * @returns false if there is a device of that name, which is left as it is
 */
export async function enterDevice(
  tx: Executor,
  device: EnteringDevice,
  { by, templates, ...at }: At & { by: Origin; templates: TemplateRenderer },
): Promise<boolean> {
  await holdFleets(tx);
  const { name, labels } = device;
  const awaited = device.awaited ?? (await versionClaimedUnknown(tx, name)) > 0;
  const ownership = decideOwnership(labels, unowned, await listFleetRules(tx));
  const { owner } = ownership;
  const target = { ...newTarget, name };
  const outcome = await rollOutTemplate(tx, target, { owner, labels }, templates);
  const rollout = rolledOut(target, { owner }, device.spec, outcome);
  const entering = { ...device, ...ownership, ...rollout, createdAt: at.now };
  if (!(await insertDevice(tx, entering, { restore: at.restore, awaited }))) return false;
  const created = { ...createdEvent({ kind: 'Device', name }, by), ...device.told };
  const events = [
    created,
    ...matchEvents(name, unowned, ownership),
    ...rolloutProblemEvents(name, null, entering.rolloutProblem),
  ];
  await appendEvents(tx, events, at);
  // Counted last: the counters are one row that everybody waits for.
  await countNewDevice(tx, { awaited }, at);
  if (awaited) await forgetUnknownDevice(tx, name);
  return true;
}

import { readRenderedSpecs } from '../db/delivery-store.ts';
import { findDevice } from '../db/device-store.ts';
import { saysNothing } from '../domain/rendering/absence.ts';
import { deviceDocument } from '../domain/devices/device-document.ts';
import { conflict } from '../domain/errors.ts';
import { gateOf, type Gate } from '../domain/recovery/gate.ts';
import type { Device } from '../domain/resources/device.ts';
import { noSuchDevice } from './read-device.ts';
import { inView, type ViewDeps } from './steps/in-restore.ts';

/**
 * A device with the spec that was rendered for it, for people to look at: nothing that a device would do is concluded
 * from the question. While the gate is not open there is no answer but a refusal: the last rendered spec is not what the
 * device would be sent, a device might be asking, and a 204 has nothing that Flight Control's client can print (it fails on
 * it). 409 is what the contract has for a device without a rendered spec: the client prints the message, and an agent takes
 * it for "nothing new".
 *
 * @returns undefined if the version that the caller knows is the newest
 * @throws MusterError 404; 409 if nothing may be rendered for the device now, or nothing has been yet
 */
export async function readRendered(
  deps: ViewDeps,
  name: string,
  { knownVersion }: { knownVersion: number },
): Promise<Device | undefined> {
  return await inView(deps, async (tx, view) => {
    const device = await findDevice(tx, name);
    if (device === undefined) throw noSuchDevice(name);
    const { server } = device.state;
    refuseUnlessOpen(name, gateOf(device.state, view.restore));
    if (knownVersion > 0 && knownVersion >= server.version) return undefined;
    const spec =
      server.specHash === null ? undefined : (await readRenderedSpecs(tx, [server.specHash])).get(server.specHash);
    if (spec === undefined || saysNothing(spec)) throw conflict(`nothing has been rendered for device ${name} yet`);
    return { ...deviceDocument(device, view), spec };
  });
}

function refuseUnlessOpen(name: string, gate: Gate): void {
  switch (gate) {
    case 'Open':
      return;
    case 'AwaitingReconnect':
      throw conflict(`nothing is rendered for device ${name} before it has reported after the restore`);
    case 'ConflictPaused':
      throw conflict(
        `nothing is rendered for device ${name} while it is paused; its conflict says what a resume would change`,
      );
    default:
      gate satisfies never;
  }
}

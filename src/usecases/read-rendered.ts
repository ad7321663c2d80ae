import type { Clock } from '../clock.ts';
import type { Database } from '../db/client.ts';
import { readRenderedSpecs } from '../db/delivery-store.ts';
import { findDevice } from '../db/device-store.ts';
import { openSnapshot } from '../db/snapshot.ts';
import { deviceDocument } from '../domain/device-document.ts';
import { conflict } from '../domain/errors.ts';
import { gateOf } from '../domain/gate.ts';
import type { Device } from '../domain/resources/device.ts';
import { withheldDocument } from '../domain/withheld-document.ts';
import { noSuchDevice } from './read-device.ts';

/**
 * A device with the spec that was rendered for it, for people to look at: nothing that a device would do is concluded
 * from the question. While the gate is not open the spec is withheld from them too, for a device might be asking.
 *
 * @returns undefined if the version that the caller knows is the newest
 * @throws MusterError 404; 409 if nothing has been rendered for the device yet
 */
export async function readRendered(
  { database, clock, config }: { database: Database; clock: Clock; config: { disconnectedAfterMs: number } },
  name: string,
  { knownVersion }: { knownVersion: number },
): Promise<Device | undefined> {
  return await database.transact(async (tx) => {
    const restore = await openSnapshot(tx);
    const device = await findDevice(tx, name);
    if (device === undefined) throw noSuchDevice(name);
    const { server, reported } = device.state;
    if (knownVersion > 0 && knownVersion >= server.version) return undefined;
    const document = deviceDocument(device, {
      restore,
      now: clock.now(),
      disconnectedAfterMs: config.disconnectedAfterMs,
    });
    if (gateOf(device.state, restore) !== 'Open') return withheldDocument(document, reported?.version ?? 0);
    const spec =
      server.specHash === null ? undefined : (await readRenderedSpecs(tx, [server.specHash])).get(server.specHash);
    if (spec === undefined) throw conflict(`nothing has been rendered for device ${name} yet`);
    return { ...document, spec };
  });
}
